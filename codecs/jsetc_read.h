/*
 * jsetc_read.h: one expat pass over a message: texts of its fields, level by level. What they mean is jsetc_message.h's.
 *
 * Events    BODY       all of the message's own fields are there: before its first list or record, else at the end of Body
 *           LIST       the same of a list
 *           RECORD     a record ended; `offset` and `size` are its element
 *           LIST_END   a list ended
 *           END        the message ended; never for a fragment
 * Texts     point into `whole` where they stand there in one piece, else (entities, line ends, CDATA) into memory of the reader; either way they
 *           live until the visitor returns, those of the message and the list until their level begins anew. Blanks around them are left out.
 * Limits    8 elements deep; one tag or comment CLR_RECORD_SIZE_MAX bytes; a field's text_max; 4096 unknown elements and attributes.
 * Refuses   what is not well-formed UTF-8 XML, and any document type: no entity is ever declared.
 * Threads   pure: a reader belongs to its call.
 */
#ifndef CLR_CODECS_JSETC_READ_H
#define CLR_CODECS_JSETC_READ_H

#include "jsetc_schema.h"

enum clr_jsetc_event { CLR_JSETC_EVENT_BODY, CLR_JSETC_EVENT_LIST, CLR_JSETC_EVENT_RECORD, CLR_JSETC_EVENT_LIST_END, CLR_JSETC_EVENT_END };

#define CLR_JSETC_UNKNOWN_SIZE 40

struct clr_jsetc_texts {
    enum clr_jsetc_variant variant;
    uint64_t seen, twice;                   /* CLR_JSETC_BIT(field) */
    uint64_t long_text;                     /* longer than its limit: the text is empty */
    uint64_t late;                          /* of the message or the list, but behind its first record; for the END event */
    struct clr_bytes text[CLR_JSETC_FIELD_COUNT + 1];
    uint64_t offset;                        /* of the message, list or record the event is of, in `whole` … */
    uint64_t size;                          /* … and its bytes, those of lists and records in it left out */
    bool stray[CLR_JSETC_LEVELS];           /* text between elements, or an element in a field */
    char unknown[CLR_JSETC_UNKNOWN_SIZE];   /* the first unknown element or attribute since the last event, printable; "" = none */
};

/** Why a message could not be read. */
struct clr_jsetc_trouble {
    uint64_t line, offset;                  /* line from 1 */
    const char *en, *zh;                    /* constants; NULL: none */
    bool encoding;                          /* it is the encoding, declared or seen */
};

/** @return anything but CLR_OK stops the pass and is what clr_jsetc_read() returns */
typedef enum clr_status clr_jsetc_visit(void *context, enum clr_jsetc_event event, struct clr_jsetc_texts *texts, struct clr_fault *fault);

/**
 * Read a message.
 *
 * @param all      `whole` is all of the message. False: its head; the pass ends without trouble where the bytes do.
 * @param trouble  written when CLR_REFUSED is returned by the reader itself
 * @return CLR_OK | CLR_REFUSED (trouble, no fault) | CLR_FULL (memory) | what `visit` returns
 */
enum clr_status clr_jsetc_read(struct clr_bytes whole, bool all, clr_jsetc_visit *visit, void *context, struct clr_jsetc_trouble *trouble,
                               struct clr_fault *fault);

/** The same of the bytes of one event: their texts, and no event. @return false when they are of no element that `variant` has */
bool clr_jsetc_read_part(struct clr_bytes part, enum clr_jsetc_variant variant, void (*take)(void *context, const struct clr_jsetc_texts *texts),
                         void *context);

#endif
