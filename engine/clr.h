/*
 * clr.h: the public C API: a store, what goes in, what comes out.
 *
 *     struct clr_store *store;
 *     clr_store_open("clear-store", &options, &store, &fault);
 *     clr_ingest(store, &clr_codecs, &ingest, paths, 2, &result, &fault);
 *     clr_settle(store, day, CLR_ALL_PRODUCTS, "out", &settled, &fault);
 *     clr_store_close(store);
 *
 * Owner     results are filled by the call and freed by their _free; a result may be freed after a failed call, too.
 * Errors    every call returns a clr_status; `fault` (may be NULL) says what, where, in zh and en.
 * Promise   a call that fails leaves the store as it was before it, or resumable to the same bytes.
 * Threads   one call at a time per store; calls use up to options.threads threads inside. One live store per directory
 *           and machine (flock; CLR_BUSY).
 */
#ifndef CLR_H
#define CLR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/day.h"
#include "base/status.h"
#include "codec.h"
#include "model/figures.h"
#include "model/rules.h"
#include "settle/position.h"

struct clr_store;

#define CLR_ALL_PRODUCTS (-1)

/* ---- store ---- */

struct clr_store_options {
    unsigned threads;                /* 0 = all cores */
    uint64_t memory;                 /* bytes of working memory; 0 = 1 GiB */
    uint64_t map_size;               /* 0 = 1 TiB, sparse */
    const char *key_file;            /* NULL = store.key in the store */
    bool read_only;                  /* for commands that only look */
    /* test knobs: a small night commits many times */
    uint64_t batch_records;          /* 0 = by memory */
    uint64_t subcommit_bytes;        /* 0 = 32 MiB */
    unsigned tac_engine;             /* of ingest: 0 = the fastest of this machine, else 1 + enum clr_tac_engine (tac/tac.h); all say the same */
};

/** Make an empty store (directory, LMDB environment, key with mode 0600). CLR_USAGE when one is there. */
CLR_MUST_USE enum clr_status clr_store_create(const char *path, const struct clr_store_options *options, struct clr_fault *fault);

/** Open, take the lock, sweep what a killed run left. @return CLR_OK | CLR_BUSY | CLR_DAMAGED | CLR_KEY | CLR_FULL | CLR_USAGE */
CLR_MUST_USE enum clr_status clr_store_open(const char *path, const struct clr_store_options *options, struct clr_store **out, struct clr_fault *fault);
void clr_store_close(struct clr_store *store);

/** Party id → code and names by the latest rules; unknown codes give their raw text. Borrowed until the store closes. */
struct clr_name clr_store_party_name(struct clr_store *store, clr_party party);

/** Latest rules of the store, NULL when none are loaded; a version by number, NULL if unknown. Borrowed. */
const struct clr_rules *clr_store_rules(struct clr_store *store);
const struct clr_rules *clr_store_rules_version(struct clr_store *store, uint32_t version);

/* ---- TAC keys ---- */

struct clr_keyset;

/**
 * Keys (keys/keyset.h) that the following commands verify TACs with: ingest, settle (for records that wait for a key) and why. They are inputs
 * of those commands: their digest is kept with every file admitted under them.
 *
 * @param keys    borrowed until the store is closed; NULL: TACs stay unverified.
 * @param codecs  to read again what waits; borrowed as long.
 */
void clr_store_use_keys(struct clr_store *store, const struct clr_keyset *keys, const struct clr_codec_list *codecs);

/* ---- rules ---- */

struct clr_rules_loaded {
    uint32_t version;
    uint8_t digest[CLR_DIGEST_SIZE];
    bool already;                    /* these very rules are the latest version */
    size_t participants, fees, senders, cards;
};
CLR_MUST_USE enum clr_status clr_rules_load(struct clr_store *store, const char *directory, bool dry_run, struct clr_rules_loaded *out, struct clr_fault *fault);

/** The files of a version (0 = latest), as loaded; the stop list only as its row count. clr_rules_folder_free(). */
CLR_MUST_USE enum clr_status clr_rules_show(struct clr_store *store, uint32_t version, struct clr_rules_folder *out, struct clr_fault *fault);

/* ---- ingest ---- */

enum clr_archive_mode { CLR_ARCHIVE_KEEP, CLR_ARCHIVE_REFERENCE, CLR_ARCHIVE_NONE };

struct clr_progress {                /* called at most five times a second, from one thread; return false to stop (CLR_STOPPED) */
    bool (*step)(void *context, const char *stage, uint64_t bytes_done, uint64_t bytes_total, uint64_t records);
    void *context;
};

struct clr_stages;

struct clr_ingest_options {
    const char *sender;              /* NULL = by file */
    const char *format;              /* NULL = by content */
    int64_t received_at;             /* CLR_TIME_NONE = sidecar, else by the sender's window rule */
    enum clr_archive_mode archive;
    bool dry_run;
    bool no_maintain;                /* leave merging to clr_maintain */
    struct clr_progress progress;
    struct clr_stages *stages;       /* NULL, or filled: what each stage took (ingest/stages.h) */
};

/** Runs of a day are merged when they have become too many (`clear maintain`). What that came to. */
enum clr_maintain_end { CLR_MAINTAIN_DONE /* nothing is due any more */, CLR_MAINTAIN_NO_ROOM, CLR_MAINTAIN_STOPPED, CLR_MAINTAIN_OFF /* not asked for */ };
struct clr_maintained {
    enum clr_maintain_end end;
    uint64_t runs_before, runs_after;
    uint64_t merges;                 /* done now */
    uint64_t runs, rows, bytes;      /* runs that went into them; rows and bytes written again */
    struct clr_fault fault;          /* of NO_ROOM: what was missing */
};

enum clr_file_status { CLR_FILE_OK, CLR_FILE_ALREADY_DONE, CLR_FILE_REFUSED };

struct clr_file_result {
    char *name;                      /* path as given */
    uint32_t admission;              /* 0 when refused */
    char *sender, *file_id;          /* "" when unknown */
    const char *format;              /* "" when unknown */
    uint8_t digest[CLR_DIGEST_SIZE]; /* root over the 1 MiB chunks of the file as received */
    int64_t stamp;                   /* CLR_TIME_NONE when it has none */
    clr_day window;                  /* earliest of its records', CLR_DAY_NONE when none */
    enum clr_file_status status;
    struct clr_figures figures;      /* first figures */
    bool changed;                    /* later events changed them: `current` is meaningful */
    struct clr_figures current;
    struct clr_finding *finding;     /* refusal (the first with mode reject) and warnings */
    size_t finding_count;
    int refusal;                     /* index into finding[], -1 when not refused */
    struct clr_fault fault;          /* text of the refusal */
};

struct clr_ingest_result {
    struct clr_file_result *file;    /* in the order of admission; refused before admission: last, in order of arguments */
    size_t file_count;
    struct clr_figures totals;       /* over ok and already-done files */
    enum clr_status worst;           /* CLR_OK or the most severe of the files */
    struct clr_maintained maintained;/* no room or a stop there is no failure: the files are in */
};

/**
 * Take in files: decode, check, find repeats, book, persist. A refused file never stops the others: the call is CLR_OK and
 * result.worst says CLR_REFUSED. Resumes an admission that was cut off when files and arguments are the same.
 */
CLR_MUST_USE enum clr_status clr_ingest(struct clr_store *store, const struct clr_codec_list *codecs, const struct clr_ingest_options *options,
                                        const char *const *paths, size_t path_count, struct clr_ingest_result *out, struct clr_fault *fault);
void clr_ingest_result_free(struct clr_ingest_result *result);

/* ---- records ---- */

/** A record as the other commands show it: its current verdict, what it says, where it is. */
struct clr_record {
    clr_record_id id;
    const char *file_name, *sender, *format;
    uint64_t reasons;                /* current */
    uint64_t first_reasons;          /* as judged when admitted */
    clr_record_id link;              /* what it repeats or conflicts with */
    bool decoded;                    /* the fields below are known (row in the store, or source in the archive) */
    uint8_t product, kind, service, type;
    uint16_t flags, detail;
    char card[CLR_CARD_TEXT_SIZE];   /* masked unless unmasked was asked for */
    struct clr_name issuer, acquirer;/* code "" when none; unknown codes as read */
    uint64_t sam, sam_serial;
    uint32_t counter, balance_fen, tac;
    clr_fen amount_fen, price_fen;
    int64_t traded_at_s;
    clr_day window;
    clr_record_id original;          /* moves: the record it refers to */
};

struct clr_record_filter {
    const char *card;                /* number; NULL = any */
    const char *file;                /* name, id, digest prefix or "r7"; NULL = any */
    int verdict;                     /* enum clr_verdict, -1 = any */
    int reason;                      /* reason bit, -1 = any */
    bool unmask;
    uint64_t limit;                  /* 0 = no limit */
};

/** Records in canonical order; each() returns false to stop. */
CLR_MUST_USE enum clr_status clr_records_each(struct clr_store *store, const struct clr_codec_list *codecs, const struct clr_record_filter *filter,
                                              bool (*each)(void *context, const struct clr_record *record), void *context, struct clr_fault *fault);

/** "FILE:NUMBER" or a record id → id; CLR_NOT_FOUND with a fault that says which part is unknown. */
CLR_MUST_USE enum clr_status clr_record_find(struct clr_store *store, const char *text, clr_record_id *out, struct clr_fault *fault);

/** One line of `why`: a rule tried, the values seen, the outcome. */
struct clr_why_step {
    char rule[64];                   /* stable name: "duplicate", "window", "fee", … */
    char en[256], zh[256];
    bool passed;
};
struct clr_why_field {
    char name[48], zh[48];
    char value[256];                 /* masked when personal */
};
struct clr_why {
    struct clr_record record;
    uint64_t offset, size;           /* bytes in the unpacked source */
    uint8_t *bytes;                  /* the source, masked; NULL when no archive */
    size_t byte_count;
    struct clr_why_field *field;  size_t field_count;
    struct clr_why_step *step;    size_t step_count;
    struct { uint64_t number; uint64_t from, to; char cause[160]; int64_t stamp; } *event;  size_t event_count;
};
CLR_MUST_USE enum clr_status clr_why(struct clr_store *store, const struct clr_codec_list *codecs, clr_record_id id, bool unmask,
                                     struct clr_why *out, struct clr_fault *fault);
void clr_why_free(struct clr_why *why);

/** Decide a pending or conflict record. `received_at` CLR_TIME_NONE = the store's last stamp. */
struct clr_resolved {
    clr_record_id record;
    uint64_t event;
    uint64_t from, to;               /* reasons */
    clr_day window;
    bool already;                    /* decided so before */
};
CLR_MUST_USE enum clr_status clr_resolve(struct clr_store *store, clr_record_id id, bool accept, const char *reason, int64_t received_at,
                                         bool dry_run, struct clr_resolved *out, struct clr_fault *fault);

/* ---- positions and settlement ---- */

struct clr_window_info {
    uint8_t product;
    clr_day window;
    enum clr_window_state state;
    clr_day settlement_day;
    uint64_t count;                  /* obligations */
    clr_fen amount_fen;
    uint64_t pending;                /* pending and conflict records that would fall into it */
    uint8_t keys[CLR_DIGEST_SIZE];   /* digest of the TAC keys of the settlement that closed it; zeros: none, or open */
};

struct clr_positions_filter {
    clr_day date;                    /* CLR_DAY_NONE = all windows */
    int product;                     /* CLR_ALL_PRODUCTS */
    enum clr_level level;
    uint32_t as_of_admission;        /* 0 = now */
};
struct clr_positions {
    struct clr_ledger ledger;
    struct clr_window_info *window;  size_t window_count;     /* of the windows shown, sorted */
};
CLR_MUST_USE enum clr_status clr_positions_read(struct clr_store *store, const struct clr_positions_filter *filter, struct clr_positions *out, struct clr_fault *fault);
void clr_positions_free(struct clr_positions *positions);

struct clr_window_move { uint8_t product; clr_day window; enum clr_window_state from, to; };
struct clr_invariant { const char *name; bool held; char detail[160]; };
struct clr_output { char path[512]; uint8_t digest[CLR_DIGEST_SIZE]; };
struct clr_settled {
    bool already;                    /* this very settlement was done before; what it did is shown */
    uint64_t promoted, expired, superseded;   /* events of the re-examination */
    uint64_t packages_overdue;       /* toll packages that wait for an account or dispute result longer than they may, as of the day settled */
    struct clr_window_move *window;  size_t window_count;
    struct clr_transfer *transfer;   size_t transfer_count;
    struct clr_matrix_row *bilateral; size_t bilateral_count;
    struct clr_ledger members;       /* of the windows closed, member level */
    struct clr_invariant *invariant; size_t invariant_count;
    struct clr_output *output;       size_t output_count;
    char *texts;                     /* of a dry run: what the names above point into */
};
/** Re-examine what is pending, close every open window of business date <= day, net, gate, journal, write outputs into `directory` (NULL: <store>/settlement). */
CLR_MUST_USE enum clr_status clr_settle(struct clr_store *store, clr_day day, int product, const char *directory, bool dry_run,
                                        struct clr_settled *out, struct clr_fault *fault);
void clr_settled_free(struct clr_settled *settled);

/* ---- the whole store ---- */

struct clr_file_info {
    uint32_t admission;
    const char *name, *sender, *file_id, *format;
    uint8_t digest[CLR_DIGEST_SIZE];
    int64_t stamp;
    uint64_t size;
    uint32_t rules_version;
    struct clr_figures first, current;
};
struct clr_summary {
    struct clr_window_info *window;  size_t window_count;
    struct clr_file_info *file;      size_t file_count;
    struct clr_figures totals;       /* current */
    uint64_t events, runs, unfinished_files;
    uint32_t rules_versions;
    int64_t last_stamp;              /* CLR_TIME_NONE when none */
    uint64_t live_bytes, free_bytes, map_bytes, archive_bytes;
    clr_day busiest_day;             /* trade day that most runs hold, CLR_DAY_NONE when none */
    uint64_t busiest_day_runs;
    bool merge_due;                  /* clr_maintain has something to do */
    uint64_t merges, merge_runs, merge_rows, merge_bytes;      /* merges ever; what the last one did */
    bool balanced;                   /* Σ net = 0 over all windows */
    uint64_t packages;               /* of toll transactions */
    uint64_t packages_waiting, packages_disputed;              /* without an account result; with a dispute that is open */
    uint64_t packages_overdue;       /* of those: past the second banking day behind their clearing date, as of the last stamp */
};
CLR_MUST_USE enum clr_status clr_summary_read(struct clr_store *store, struct clr_summary *out, struct clr_fault *fault);
void clr_summary_free(struct clr_summary *summary);

/** Hour × {count, amount} of current accepted records of a window and product, by service, for the report. Business-zone hours. */
struct clr_profile { uint64_t count[24]; clr_fen amount_fen[24]; };
CLR_MUST_USE enum clr_status clr_profile_read(struct clr_store *store, int product, clr_day window, struct clr_profile *out, struct clr_fault *fault);

struct clr_verify_report {
    uint64_t values, records, files, runs;       /* checked */
    uint64_t problem_count;
    struct { char en[256], zh[256]; } problem[32];   /* the first ones */
};
/** CLR_OK and no problem, or CLR_DAMAGED with the problems. */
CLR_MUST_USE enum clr_status clr_verify(struct clr_store *store, struct clr_verify_report *out, struct clr_fault *fault);

CLR_MUST_USE enum clr_status clr_digest(struct clr_store *store, uint8_t digest[CLR_DIGEST_SIZE], uint64_t *records, struct clr_fault *fault);

/** Hot, compacted copy into an empty or absent directory (archive included; the key too, unless it is kept outside the store), then verified. */
CLR_MUST_USE enum clr_status clr_backup(struct clr_store *store, const char *directory, struct clr_fault *fault);

/**
 * Merge runs until none is due. No result depends on it: only the speed of look-ups, and the disk.
 * @return CLR_OK | CLR_FULL (no room; what was merged before stays) | CLR_STOPPED (the same) | CLR_DAMAGED
 */
struct clr_maintain_options { bool dry_run; struct clr_progress progress; };
CLR_MUST_USE enum clr_status clr_maintain(struct clr_store *store, const struct clr_maintain_options *options, struct clr_maintained *out,
                                          struct clr_fault *fault);

/** Append to the hash-chained audit log: what ran, with which arguments, with which result. */
CLR_MUST_USE enum clr_status clr_audit(struct clr_store *store, const char *command, const char *arguments, const char *result, struct clr_fault *fault);

#endif
