/*
 * gen_run.h: one run of the generator: all its parts together, and the steps of the loop over the records.
 *
 * Threads   one.
 */
#ifndef CLEAR_GEN_RUN_H
#define CLEAR_GEN_RUN_H

#include "gen_moves.h"

#define GEN_POOL_SIZE 4096
#define GEN_HELD_MAX 64

/* Two records of one identity in two files: which one is first is known when the files' order is. */
struct gen_pair {
    struct gen_trade first, second;           /* as drawn */
    int reason;                               /* of the one that comes second */
};

/* A trade that is refunded later. */
struct gen_original {
    struct gen_trade trade;
};

struct gen_load {
    int32_t time_s;
    uint32_t card, amount_fen;
    uint16_t operator;
};

/* A normal twin of a gray record, kept for the sender's next file. */
struct gen_held {
    struct gen_trade gray, normal;
    uint16_t source;
};

struct gen_run {
    const struct gen_options *options;
    const struct gen_world *world;
    struct gen_random *random;
    struct gen_planner *planner;
    struct gen_files *files;
    struct gen_book *book;
    struct gen_tac *tac;                      /* NULL: TACs are drawn, nobody can verify them */
    struct clr_fault *fault;
    uint64_t slot;                            /* records written so far */
    size_t *current;                          /* of each source: index of its file being written */
    struct gen_trade *pool;                   /* recent normal trades, each good for one fault */
    size_t pool_count;
    struct gen_pair *pair;          size_t pair_count, pair_size;
    struct gen_original *original;  size_t original_count, original_size;
    struct gen_load *load;          size_t load_count, load_size;
    struct gen_held held[GEN_HELD_MAX];
    size_t held_count;
    /* format moves: the parts still to be written about one original */
    struct gen_part part[GEN_PARTS_MAX];
    unsigned part_at, part_count;
    struct gen_trade part_of;
    uint64_t move_id;
};

/** Judge `trade` as drawn into its file: figures, and the obligation if it is accepted. `sign` −1 takes it back. */
void gen_run_count(struct gen_run *run, const struct gen_trade *trade, int reason, int sign);

/** Write the record into the current file of `source`; sets trade->file and trade->number. Takes one slot. */
CLR_MUST_USE enum clr_status gen_run_write(struct gen_run *run, unsigned source, struct gen_trade *trade);

/** The clearing view of a trade. */
struct gen_deal gen_run_deal(const struct gen_run *run, const struct gen_trade *trade);

/** Write one record, with or without a fault (gen_fault.c). It may take two slots; nothing is written when the draw came to nothing. */
CLR_MUST_USE enum clr_status gen_run_step(struct gen_run *run, unsigned source, int32_t time_s);

/** Write the twins held for this source's new file. */
CLR_MUST_USE enum clr_status gen_run_release(struct gen_run *run, unsigned source);

/** The additional moves file of card formats, after all others are closed (gen_extra.c). */
CLR_MUST_USE enum clr_status gen_run_extra(struct gen_run *run);

/** Write one row of a moves file about an original, and book its outcome; `early`: the original is not in yet. */
CLR_MUST_USE enum clr_status gen_run_part(struct gen_run *run, struct gen_file *file, const struct gen_trade *original, const struct gen_part *part,
                                         bool early);

/** Room for one more element of an array that doubles; NULL when out of memory. */
void *gen_grow(void *array, size_t count, size_t *size, size_t each);

/** Write expected.json. */
struct gen_result;
CLR_MUST_USE enum clr_status gen_expect_write(const struct gen_run *run, const struct gen_ledger *ledger, const size_t *order, size_t count,
                                              struct gen_result *result, struct clr_fault *fault);

#endif
