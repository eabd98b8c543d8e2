/*
 * moves_judge.h: one record that is taken on its own: form, parties, identity, what it refers to, what it books. Private to ingest/moves*.c.
 *
 * Parties   of the moves CSV: by code (settle/again.h clr_move_parties). Of every other format as in the pipeline: card prefix and city of card,
 *           unit and city of transaction (ingest/check.h), kept as unknown codes in the same texts, so that they can be asked for again. Not asked
 *           for (CLR_PARTY_NONE): an acquirer where the format has no unit field, an issuer of what was paid at the station.
 */
#ifndef CLR_INGEST_MOVES_JUDGE_H
#define CLR_INGEST_MOVES_JUDGE_H

#include "ingest/moves.h"
#include "settle/again.h"

struct clr_tac_check;

/** A file under way: everything happens in one transaction, which is aborted when the file is refused. */
struct clr_moves {
    struct clr_store *store;
    struct clr_plan *plan;
    struct clr_job *job;
    struct clr_tx tx;
    struct clr_again again;
    struct clr_tac_check *tac;           /* NULL: no keys */
    struct clr_file file;                /* as the table will have it; texts borrowed from the job */
    struct clr_own_file own;
    struct clr_exception *record;        /* CLR_VMAP_CHUNK records at most: those not in the verdict map yet */
    uint64_t read_ahead;                 /* records seen by the first pass */
};

/** Fill `out` (zeroed but for its record id) with what was read. clr_move_free() it. */
CLR_MUST_USE enum clr_status clr_move_take_over(const struct clr_codec *codec, struct clr_tokenizer *tokenizer, const struct clr_raw *raw,
                                                struct clr_move *out);

/** Judge the next record, store and book it: it becomes number job->records, which it raises. */
CLR_MUST_USE enum clr_status clr_moves_judge(struct clr_moves *moves, const struct clr_raw *raw, struct clr_fault *fault);

/** Put the records that are not in the verdict map yet into it. */
CLR_MUST_USE enum clr_status clr_moves_flush(struct clr_moves *moves, struct clr_fault *fault);

#endif
