/*
 * ledger_model.h: a random little world of participants, fees and trades, cleared twice: into cells by the engine, and record by
 * record into plain tables by a reference that shares no code with it.
 *
 * The reference knows the world from what it drew, not from the parsed rules: who settles through whom, which fee row is the most
 * specific, what a fee is as a fraction.
 */
#ifndef CLR_TESTS_LEDGER_MODEL_H
#define CLR_TESTS_LEDGER_MODEL_H

#include "clear/cell.h"
#include "ledger_rules.h"
#include "settle/position.h"

enum { ISSUERS = 4, ACQUIRERS = 4, MEMBERS = 2, HUB = ISSUERS + ACQUIRERS + MEMBERS, PEOPLE = HUB + 1, REGIONS = 3, NAMES = PEOPLE + REGIONS };
enum { VERSIONS = 2, FEES_MAX = 10, WINDOWS = 3, FIRST_WINDOW = 17776 };
enum { PAYER_ACQUIRER = -1, PAYER_ISSUER = -2 };

/** Names by number: participants, then regions (for participants whose region is given). */
extern const char *const model_code[NAMES];

struct model_fee {
    int service, kind, issuer, acquirer;         /* -1 = any */
    int payer;                                   /* PAYER_* or a participant */
    int on;                                      /* 0 amount, 1 discount, 2 count */
    bool total, keep;
    int64_t rate, fixed, min, max, issuer_share, centre_share;     /* max -1: none */
};

struct model_version {
    struct clr_rules *rules;
    bool gone[PEOPLE];                           /* not in this version */
    int via[PEOPLE], region[PEOPLE];             /* -1 = none */
    struct model_fee fee[FEES_MAX];
    int fee_count;
};

/** Sums of one level by (window, payer, payee, kind). */
struct model_table {
    struct { clr_wide amount; int64_t count; } at[WINDOWS][NAMES][NAMES][CLR_KIND_COUNT];
};

struct model {
    uint64_t seed;
    struct model_version version[VERSIONS];      /* the last is the current one */
    const struct clr_rules *rules[VERSIONS + 1];
    struct clr_cells cells[2];                   /* every record falls into one of two sets */
    struct model_table flow;                     /* between participants; fees by transaction included */
    struct { clr_wide numerator; int64_t count; } total[VERSIONS][FEES_MAX][ISSUERS][ACQUIRERS][WINDOWS];
};

void model_create(struct model *model, uint64_t seed, int trades);
void model_destroy(struct model *model);

/** All cells of both sets, duplicates of a key included, in an order drawn from *shuffle (0: as they lie). free() the array. */
const struct clr_cell **model_cells(const struct model *model, uint64_t shuffle, size_t *count);

/** What the matrix of a level must hold, fees on totals closed. */
void model_matrix(const struct model *model, enum clr_level level, struct model_table *out);

/** Number of a code, fails the test when there is none. */
int model_name(const char *code);

#endif
