/*
 * ledger_world.h: two rules versions, cells as tests write them, and ledgers as text, for the tests of settlement.
 */
#ifndef CLR_TESTS_LEDGER_WORLD_H
#define CLR_TESTS_LEDGER_WORLD_H

#include "ledger_rules.h"
#include "settle/position.h"

#define DAY 17776                            /* 2018-09-02 */
#define PURCHASE CLR_KIND_PURCHASE
#define LOAD CLR_KIND_LOAD
#define REFUND CLR_KIND_REFUND

/* Participants and fees of the two versions: see ledger_world.c. A test may put other versions into `versions`, and takes them out again. */
extern const char first_participants[], world_fees[];
extern struct clr_rules *first, *second;
extern const struct clr_rules *versions[3];

int set_up(void **state);
int tear_down(void **state);

/* A cell as the tests write it: fee = { issuer's, centre's, rest }. */
struct given {
    const char *issuer, *acquirer;
    int direction, kind;
    int64_t count;
    clr_fen amount_fen;
    bool has_fee;
    int fee_row;
    int64_t fee_count;
    clr_fen fee[3];
    int64_t numerator;
    int version, window, product;
};

/* The issuer pays or gets; .fee_row, .version, .window or .product may follow. */
#define OWED(issuer_, acquirer_, direction_, kind_, count_, amount_, ...) \
    { .issuer = (issuer_), .acquirer = (acquirer_), .direction = (direction_), .kind = (kind_), .count = (count_), .amount_fen = (amount_), \
      __VA_ARGS__ }
#define PAYS(issuer_, acquirer_, kind_, count_, ...) OWED(issuer_, acquirer_, 0, kind_, count_, __VA_ARGS__, )
#define GETS(issuer_, acquirer_, kind_, count_, ...) OWED(issuer_, acquirer_, 1, kind_, count_, __VA_ARGS__, )
#define FEE(row_, count_, issuer_, centre_, rest_) .has_fee = true, .fee_row = (row_), .fee_count = (count_), .fee = { issuer_, centre_, rest_ }
#define TOTAL(row_, count_, numerator_) .has_fee = true, .fee_row = (row_), .fee_count = (count_), .numerator = (numerator_)
#define END { .issuer = NULL }

#define CELLS_MAX 6

/** Ledger of the cells up to END or CELLS_MAX. */
enum clr_status build(const struct given *given, const struct clr_rules *current, enum clr_level level, struct clr_ledger *out);

/* "payer>payee kind count amount; …" and "participant +receivable -payable fee =net #count; …" */
#define TEXT_SIZE 4096
const char *row_text(const struct clr_matrix_row *row, size_t count, char text[TEXT_SIZE]);
const char *position_text(const struct clr_ledger *ledger, char text[TEXT_SIZE]);

#endif
