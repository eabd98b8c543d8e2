/*
 * jsetc_write.h: messages of the Jiangsu ETC interface as XML, in the layout of real files: the same elements in the same order, four blanks a level.
 *
 *     begin → (a line | a transaction | list_begin → line* → list_end)* → end
 *
 * Writes    UTF-8; participants as 16 hexadecimal digits, money as yuan with two decimals (fen where `fen` is set), times with a T in replies and a
 *           blank in originals. A confirmation of originals has its clearing date as yyyymmdd, zeros where there is none. A field of a dispute
 *           result that real files leave out (Amount) is written when its `has` bit is set; so are TransNo and the five later elements of a
 *           transaction. `bad`, `swapped` and other findings of reading are not looked at.
 * Promise   what is written is read again as the same structs (jsetc_message.h).
 * Errors    CLR_FULL: the buffer is too small, what it holds is of no use; CLR_USAGE: a text that no message can hold, or a variant that is none.
 * Threads   pure: a writer belongs to one thread.
 */
#ifndef CLR_CODECS_JSETC_WRITE_H
#define CLR_CODECS_JSETC_WRITE_H

#include "jsetc_message.h"

/** Bytes that suffice: for what is around the records, for a list, a line, a transaction (texts of at most 512 bytes). */
#define CLR_JSETC_MESSAGE_BYTES 2048
#define CLR_JSETC_LIST_BYTES 512
#define CLR_JSETC_LINE_BYTES 256
#define CLR_JSETC_TRANSACTION_BYTES 24576

struct clr_jsetc_writer {
    char *data;                             /* the caller's; no NUL at the end */
    size_t capacity, size;
    enum clr_jsetc_variant variant;         /* of the message being written */
    bool fen;                               /* money as whole fen */
    bool list_empty;                        /* of clearing totals: no package yet */
    enum clr_status status;                 /* the first thing that went wrong; each function returns it */
};

/** Header and the body's own fields. */
CLR_MUST_USE enum clr_status clr_jsetc_write_begin(struct clr_jsetc_writer *writer, const struct clr_jsetc_message *message);

/** A package in a dispute result or refund; a service provider in clearing totals. */
CLR_MUST_USE enum clr_status clr_jsetc_write_list_begin(struct clr_jsetc_writer *writer, const struct clr_jsetc_list *list);
CLR_MUST_USE enum clr_status clr_jsetc_write_list_end(struct clr_jsetc_writer *writer);

/** A disputed, resolved or refunded record; in clearing totals a package, or a dispute file (packages first). */
CLR_MUST_USE enum clr_status clr_jsetc_write_line(struct clr_jsetc_writer *writer, const struct clr_jsetc_line *line);

/** An original transaction. Detail and CustomizedData are written from their parts. */
CLR_MUST_USE enum clr_status clr_jsetc_write_transaction(struct clr_jsetc_writer *writer, const struct clr_jsetc_transaction *transaction);

CLR_MUST_USE enum clr_status clr_jsetc_write_end(struct clr_jsetc_writer *writer);

/** CustomizedData as 76 hexadecimal digits, without a NUL. */
void clr_jsetc_customized_text(const struct clr_jsetc_customized *customized, char text[2 * CLR_JSETC_CUSTOMIZED_SIZE]);

#endif
