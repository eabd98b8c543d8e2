/*
 * store.h: an open store: environment, key, rules versions, parties, runs. What every command of clr.h works on.
 *
 * Opening a store for writing sweeps what a killed command left: runs still `building`, and the files of a trial (dry-run) admission.
 * An unfinished admission stays: the same command resumes it, another one drops it (ingest/admission.h).
 *
 * Threads   one command at a time; workers read runs, rules and parties, which do not change while they run.
 */
#ifndef CLR_STORE_STORE_H
#define CLR_STORE_STORE_H

#include "clr.h"
#include "keys/keyset.h"
#include "store/env.h"
#include "store/parties.h"
#include "store/runs.h"

struct clr_store {
    struct clr_env env;
    struct clr_store_options options;          /* with defaults filled in */
    uint8_t key[CLR_STORE_KEY_SIZE];
    struct clr_tokenizer *tokenizer;           /* of the command's thread; workers make their own */
    struct clr_parties parties;
    struct clr_rules **rules;                  /* version v at [v − 1]; NULL until asked for */
    uint32_t rules_count;
    const struct clr_keyset *keys;             /* TAC keys of the command, NULL none; borrowed (clr_store_use_keys) */
    const struct clr_codec_list *codecs;       /* to read waiting records again when there are keys; NULL without */
    struct clr_run **run;                      /* ready runs in order of id, then those of the admission under way */
    size_t run_count, run_capacity;
};

/* Names of numbers in `meta`. */
#define CLR_META_FORMAT "format"               /* CLR_STORE_FORMAT */
#define CLR_META_NEXT_RUN "next-run"
#define CLR_META_LAST_STAMP "last-stamp"       /* bit pattern of the int64; absent = CLR_TIME_NONE */
#define CLR_META_EVENTS "events"               /* number of the last event */
#define CLR_META_SETTLEMENTS "settlements"
#define CLR_STORE_FORMAT 1

/** Rules version `version` parsed and bound to party ids; borrowed. */
CLR_MUST_USE enum clr_status clr_store_rules_get(struct clr_store *store, uint32_t version, const struct clr_rules **out, struct clr_fault *fault);

/** Append a run to the store's list (takes ownership of a malloc'ed run). */
CLR_MUST_USE enum clr_status clr_store_run_add(struct clr_store *store, struct clr_run *run);
/** Forget runs of the list that are not ready. */
void clr_store_runs_forget_building(struct clr_store *store);

/** Participant index in `rules` of a known party id (by code; any row of it), −1 if that version has none. */
int clr_store_participant(const struct clr_store *store, const struct clr_rules *rules, clr_party party);

/** Load parties, rules count and runs from the environment in place; forget them again. For trials and opening. */
CLR_MUST_USE enum clr_status clr_store_load_tables(struct clr_store *store, struct clr_fault *fault);
void clr_store_unload_tables(struct clr_store *store);

/** <store>/archive */
void clr_store_archive_path(const struct clr_store *store, char path[600]);

/** Begin, run `step`, commit; abort on any failure. */
CLR_MUST_USE enum clr_status clr_store_write(struct clr_store *store, enum clr_status (*step)(struct clr_store *store, struct clr_tx *tx, void *context, struct clr_fault *fault),
                                             void *context, struct clr_fault *fault);

/** Window state of a product and day: CLR_WINDOW_OPEN when the table has none. */
CLR_MUST_USE enum clr_status clr_store_window_state(struct clr_tx *tx, enum clr_product product, clr_day day, enum clr_window_state *out, struct clr_fault *fault);

#endif
