/*
 * gen_file.h: data files as they are written: one sender's records in time order, then the header's count, then the digest.
 *
 * Digest    SHA-256("clear-root-v1" ‖ size le64 ‖ SHA-256 of each 1 MiB chunk …), computed here by itself (engine/ingest/input.h).
 * Order     the admission order of files of one command: sender, then file id (the name, xf only), then digest.
 * Threads   one.
 */
#ifndef CLEAR_GEN_FILE_H
#define CLEAR_GEN_FILE_H

#include <stdio.h>

#include "gen_book.h"
#include "gen_trade.h"

#define GEN_DIGEST_SIZE 32
#define GEN_RECORD_SIZE_MAX 1024

struct gen_file {
    char name[2 * GEN_NAME_SIZE];
    const struct gen_source *source;          /* NULL for the additional moves file */
    int sender;
    enum clr_format format;
    unsigned variant;                         /* of line ends and column order */
    FILE *out;
    char *buffer;
    uint64_t records, bytes;
    struct gen_figures figures;
    uint8_t digest[GEN_DIGEST_SIZE];
    bool started, closed;
    unsigned rank;                            /* place in the order of admission, from 0 */
};

struct gen_files {
    char inbox[4096];
    struct gen_file *file;
    size_t count, size;
};

CLR_MUST_USE enum clr_status gen_files_make(const char *inbox, size_t size, struct gen_files *out, struct clr_fault *fault);
void gen_files_free(struct gen_files *files);

/** Open the file for writing, header first. */
CLR_MUST_USE enum clr_status gen_file_open(struct gen_files *files, struct gen_file *file, const struct gen_world *world, struct clr_fault *fault);

/** Append the bytes of one record. */
CLR_MUST_USE enum clr_status gen_file_append(struct gen_file *file, const char *record, size_t size, struct clr_fault *fault);

/** Write what comes last, set the header's count, close, digest. Nothing when it was never opened. */
CLR_MUST_USE enum clr_status gen_file_close(struct gen_files *files, struct gen_file *file, const struct gen_world *world, struct clr_fault *fault);

/** Give every file that was written its rank. `*order` (malloc'ed): indexes of those files in order; `*count` of them. */
CLR_MUST_USE enum clr_status gen_files_rank(struct gen_files *files, const struct gen_rules *rules, size_t **order, size_t *count, struct clr_fault *fault);

/* ---- bytes of records, one format a file (gen_render_*.c) ---- */

/** Header, record and tail of a file; the record counts `number` from 1. @return bytes written to `to` (GEN_RECORD_SIZE_MAX is enough). */
size_t gen_render_head(const struct gen_world *world, const struct gen_file *file, uint64_t records, char *to);
size_t gen_render_trade(const struct gen_world *world, const struct gen_file *file, const struct gen_trade *trade, uint64_t number, char *to);
size_t gen_render_tail(const struct gen_world *world, const struct gen_file *file, char *to);

size_t gen_render_yz316(const struct gen_world *world, const struct gen_file *file, const struct gen_trade *trade, uint64_t number, char *to);
size_t gen_render_xf(const struct gen_world *world, const struct gen_file *file, const struct gen_trade *trade, uint64_t number, char *to);
size_t gen_render_trade_csv(const struct gen_world *world, const struct gen_file *file, const struct gen_trade *trade, char *to);
size_t gen_render_trade_head(const struct gen_file *file, char *to);
size_t gen_render_szt_csv(const struct gen_world *world, const struct gen_file *file, const struct gen_trade *trade, char *to);
size_t gen_render_szt_json(const struct gen_world *world, const struct gen_file *file, const struct gen_trade *trade, uint64_t number, char *to);
size_t gen_render_szt_head(const struct gen_file *file, char *to);

/** "20260302" and "071503" of seconds after 00:00 of the date; the day moves with them. */
char *gen_put_day(char *to, clr_day date, int32_t time_s);
char *gen_put_time(char *to, int32_t time_s);
clr_day gen_trade_day(const struct gen_world *world, const struct gen_trade *trade);

/** The same as "2026-03-02" and "07:15:03". */
char *gen_put_iso_day(char *to, clr_day date, int32_t time_s);
char *gen_put_iso_time(char *to, int32_t time_s);

/** The counter as the sender's terminals write it, before `counter_offset` of its profile. */
uint64_t gen_shown_counter(const struct gen_world *world, const struct gen_file *file, const struct gen_trade *trade, uint64_t modulus);

/** A constant that stands for "no TAC" when that is the damage, else `blank`. */
const char *gen_no_tac(const struct gen_trade *trade, const char *blank);

/** Terminal's number as twelve digits: operator and terminal. */
uint64_t gen_terminal_number(const struct gen_trade *trade);

/** Card number as printed, also of unknown cards. */
const char *gen_trade_card(const struct gen_world *world, const struct gen_trade *trade, char text[GEN_CARD_TEXT_SIZE]);

/** The unit, merchant or company as printed. */
const char *gen_trade_unit(const struct gen_world *world, const struct gen_trade *trade, char text[GEN_UNIT_SIZE]);

#endif
