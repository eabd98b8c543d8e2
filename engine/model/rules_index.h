/*
 * rules_index.h: private to the rules folder: the look-up tables behind struct clr_rules, and the context of loading them.
 *
 * Loading is one pass over the files in this order, each in its own source file, each finding its errors before the next starts:
 *
 *     participants → cards → fees → splits → calendar → limits → status list → senders → windows
 *
 * Codes    the rows of one code form a chain: head[row] is its first row, next[row] the one after, -1 the end. Rules that name a code
 *          (cards, fees, settles_via, parent) keep its head; the row valid on the day in question is found along the chain.
 * Threads   the index is immutable once loaded.
 */
#ifndef CLR_MODEL_RULES_INDEX_H
#define CLR_MODEL_RULES_INDEX_H

#include <assert.h>

#include "model/rules.h"
#include "model/rules_map.h"
#include "model/rules_spans.h"
#include "model/rules_table.h"

/* Declared limits; what passes one is an error of the folder. */
#define CLR_RULES_PARTICIPANTS_MAX 65535
#define CLR_RULES_CARDS_MAX 1000000
#define CLR_RULES_FEES_MAX 65534
#define CLR_RULES_DATES_MAX 100000
#define CLR_RULES_ROWS_MAX 1000000            /* splits, limits */
#define CLR_RULES_SENDERS_MAX 4096
#define CLR_RULES_STOPS_MAX (1u << 30)
#define CLR_RULES_STEPS_MAX 16                /* settles_via and parent chains */
#define CLR_RULES_PREFIX_MAX 63               /* bytes of an alias or card prefix: lengths are bits of one word */

/* Alias fields: the number is the place in this list. */
#define CLR_RULES_ALIAS_FIELDS "city", "unit", "issuer", "merchant", "company", "network", "provider", "station", "area"
#define CLR_RULES_ALIAS_FIELD_COUNT 9
#define CLR_RULES_ALIAS_SPACES (CLR_FORMAT_COUNT * CLR_RULES_ALIAS_FIELD_COUNT)
#define CLR_RULES_CARD_SPACES (CLR_PRODUCT_COUNT * CLR_FORMAT_COUNT)

struct clr_rules_card {
    int product, format;                      /* -1 = any */
    int length;                               /* characters of the number, -1 = any */
    uint32_t issuer;                          /* head */
    clr_day valid_from, valid_to;
};

struct clr_rules_date {
    clr_day day;
    bool bank;
    uint32_t line;
};

/** What decides about a fee row, beside its key; in the order of the rows of the fee map. */
struct clr_rules_fee_candidate {
    int8_t service, kind;                     /* -1 = any */
    uint16_t row;
    clr_day valid_from, valid_to;
};

/** Key of the fee map; UINT32_MAX = any. */
struct clr_rules_fee_key {
    uint32_t product, acquirer, issuer;       /* heads */
};

/** A row of splits.csv. */
struct clr_rules_split {
    const char *section;                      /* "" = none given */
    uint32_t owner;                           /* head */
    clr_day valid_from, valid_to;
};

struct clr_rules_glob {
    const char *pattern;
    unsigned literal;                         /* bytes that are neither * nor ? */
    int sender;
};

/* A row of the stop list: 24 of the 40 bytes of status_list.bin. Seconds since 1970 in 32 bits reach to 2106: an end beyond is "open". */
struct clr_rules_stop {
    struct clr_token card;
    uint32_t from_s, to_s;                    /* UINT32_MAX as an end: open */
};

struct clr_rules_index {
    struct clr_rules_pool pool;
    int *head, *next;                         /* per participant row */
    struct clr_rules_map codes;               /* one space: code → rows */
    struct clr_rules_map aliases;             /* exact values; prefixes are CLR_RULES_ALIAS_SPACES further */
    uint64_t alias_lengths[CLR_RULES_ALIAS_SPACES];   /* bit n: some prefix has n bytes */
    int *centre;                              /* rows of that role, file order */
    size_t centre_count;
    struct clr_rules_card *card;
    size_t card_count;
    struct clr_rules_map cards;
    uint64_t card_lengths[CLR_RULES_CARD_SPACES];
    struct clr_rules_fee_key *fee_key;        /* per fee row */
    struct clr_rules_map fees;                /* (product, acquirer, issuer) → fee rows, more specific first */
    struct clr_rules_fee_candidate *fee_candidate;
    uint8_t *fee_named;                       /* per first row of a code: bit of a product: some fee row names it */
    uint8_t fee_classes[CLR_PRODUCT_COUNT];   /* bit 0: some row with neither; 1: issuer; 2: acquirer; 3: both */
    struct clr_rules_split *split;            /* file order */
    size_t split_count;
    struct clr_rules_map splits;              /* one space: unit → rows */
    struct clr_rules_date *date;              /* sorted */
    size_t date_count;
    struct clr_rules_glob *glob;
    size_t glob_count;
    const char *(*sender_code)[CLR_REASON_COUNT];     /* per sender; NULL = none */
    struct clr_rules_stop *stop;              /* sorted by card, from */
    uint64_t *stop_seen;                      /* a bit for each 2^(stop_bits + 7)th of the tokens: 0 = no row there */
    uint32_t *stop_first;                     /* first row of each card prefix; 2^stop_bits + 1 of them */
    size_t stop_count;
    unsigned stop_bits;
};

static inline const struct clr_rules_index *clr_rules_index_of(const struct clr_rules *rules)
{
    return rules->index;
}

/* What loading a version needs besides the rules themselves. */
struct clr_rules_load {
    const struct clr_rules_folder *folder;
    struct clr_rules *rules;
    struct clr_rules_index *index;
    struct clr_fault *fault;
};

const struct clr_rules_file *clr_rules_file_find(const struct clr_rules_folder *folder, const char *name);

/** Open a table of the folder with its header read; `*there` is false when the file is missing. */
CLR_MUST_USE enum clr_status clr_rules_load_table(struct clr_rules_load *load, const char *file, const struct clr_rules_column *column, unsigned count,
                                                  struct clr_rules_table *table, bool *there);

/** Array with room for one more element (doubling; the new part zeroed), or NULL with the fault said: memory, or more than `max`. */
void *clr_rules_load_room(struct clr_rules_table *table, void *array, size_t count, size_t *capacity, size_t max, size_t size, enum clr_status *status);

/** Put a place on a fault already said. @return `status`. */
enum clr_status clr_rules_place(struct clr_fault *fault, const char *file, uint64_t line, const char *column, struct clr_bytes seen, enum clr_status status);

/** Report rows of one key that overlap; frees the spans. @param en, zh  formats of one %llu: the earlier line. */
CLR_MUST_USE enum clr_status clr_rules_load_clash(struct clr_rules_load *load, struct clr_rules_spans *spans, const char *file, const char *column,
                                                  const char *en, const char *zh);

CLR_MUST_USE enum clr_status clr_rules_load_participants(struct clr_rules_load *load);
/** @param aliases, line  per participant row: its cell and where it stands */
CLR_MUST_USE enum clr_status clr_rules_load_aliases(struct clr_rules_load *load, const char *const *aliases, const uint64_t *line);
CLR_MUST_USE enum clr_status clr_rules_load_cards(struct clr_rules_load *load);
CLR_MUST_USE enum clr_status clr_rules_load_fees(struct clr_rules_load *load);
CLR_MUST_USE enum clr_status clr_rules_load_splits(struct clr_rules_load *load);
CLR_MUST_USE enum clr_status clr_rules_load_calendar(struct clr_rules_load *load);
CLR_MUST_USE enum clr_status clr_rules_load_limits(struct clr_rules_load *load);
CLR_MUST_USE enum clr_status clr_rules_load_stops(struct clr_rules_load *load);
CLR_MUST_USE enum clr_status clr_rules_load_senders(struct clr_rules_load *load);
CLR_MUST_USE enum clr_status clr_rules_load_windows(struct clr_rules_load *load);

/** First row of a code, -1 if none. */
int clr_rules_head(const struct clr_rules *rules, struct clr_bytes code);

/** Row of a code's chain that is valid on `day` (CLR_DAY_NONE: the last), -1 if none. */
int clr_rules_row_on(const struct clr_rules *rules, int head, clr_day day);

/** A cell that names a participant: its head; -1 when the cell is empty or "*". */
CLR_MUST_USE enum clr_status clr_rules_cell_participant(struct clr_rules_table *table, unsigned column, const struct clr_rules *rules, int *head);

/** Number of an alias field, -1 if there is none of that name. */
int clr_rules_alias_field(struct clr_bytes name);

/*
 * ---- status_list.csv while it is read from a folder: see rules_stops.c ----
 *
 * A row of status_list.bin; numbers are little endian there, and in the machine's order while rows are sorted:
 *
 *   off size meaning
 *     0   16  card token
 *    16    8  from: first second of validity (s64, INT64_MIN = open)
 *    24    8  to: last second of validity (INT64_MAX = open)
 *    32    1  status code, 1.. (statuses[] of rules_stops.c)
 *    33    7  zero
 */
struct clr_rules_stop_row {
    struct clr_token card;
    int64_t from_s, to_s;
    uint8_t status, zero[7];
};
static_assert(sizeof(struct clr_rules_stop_row) == 40, "a stored row");

/** Order of the stored rows: card, from, to, status. */
int clr_rules_stop_compare(const struct clr_rules_stop_row *a, const struct clr_rules_stop_row *b);

struct clr_rules_stops;

/** @param tokenizer borrowed */
CLR_MUST_USE enum clr_status clr_rules_stops_create(struct clr_tokenizer *tokenizer, bool packed, const char *file, struct clr_fault *fault,
                                                    struct clr_rules_stops **out);
void clr_rules_stops_destroy(struct clr_rules_stops *stops);

/** The next bytes of the file as it lies on disk; `last` with the last of them. */
CLR_MUST_USE enum clr_status clr_rules_stops_feed(struct clr_rules_stops *stops, struct clr_bytes bytes, bool last);

/** The sorted rows; the caller frees them. */
void clr_rules_stops_take(struct clr_rules_stops *stops, uint8_t **data, size_t *size);

#endif
