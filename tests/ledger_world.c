/* ledger_world.c: see ledger_world.h. */
#include "ledger_world.h"

#include <stdio.h>

const char first_participants[] =
    "city,issuer,*,east,bank,acc-city,,\n"
    "town,issuer,*,west,bank,acc-town,,\n"
    "bus,acquirer,*,east,bank,acc-bus,,\n"
    "metro,acquirer,*,west,,acc-metro,,\n"
    "tramco,owner,*,,,acc-tramco,,\n"
    "bank,agency,*,east,,acc-bank,,\n"
    "hub,centre,*,,,acc-hub,,\n"
    "east,region,*,,,,,\n"
    "west,region,*,,,,,\n";
/* In version 2 the town is gone, the metro settles through the bank from 2018-09-02 on, and regions are bare text. */
static const char second_participants[] =
    "city,issuer,*,east,bank,acc-city,,\n"
    "bus,acquirer,*,east,bank,acc-bus,,\n"
    "metro,acquirer,*,west,,acc-metro,,2018-09-01\n"
    "metro,acquirer,*,west,bank,acc-metro2,2018-09-02,\n"
    "tramco,owner,*,,,acc-tramco,,\n"
    "bank,agency,*,east,,acc-bank,,\n"
    "hub,centre,*,,,acc-hub,,\n";
/* Issuer 30 %, centre 20 % of each fee. Rows 0, 1, 2, 3: payer acquirer, issuer, a third party, the centre. 4: total, at least 50 fen. */
const char world_fees[] =
    "transit,bus,*,*,*,acquirer,amount,txn,10000,,,,300000,200000,return,,\n"
    "transit,taxi,*,*,*,issuer,amount,txn,10000,,,,300000,200000,return,,\n"
    "transit,metro,*,*,*,tramco,amount,txn,10000,,,,300000,200000,return,,\n"
    "transit,tram,*,*,*,hub,amount,txn,10000,,,,300000,200000,return,,\n"
    "transit,bike,*,*,*,acquirer,amount,total,10000,,50,,300000,200000,return,,\n";

struct clr_rules *first, *second;
const struct clr_rules *versions[3];

int set_up(void **state)
{
    (void)state;
    first = ledger_rules(1, first_participants, world_fees);
    second = ledger_rules(2, second_participants, world_fees);
    versions[0] = first;
    versions[1] = second;
    return 0;
}

int tear_down(void **state)
{
    (void)state;
    clr_rules_destroy(first);
    clr_rules_destroy(second);
    return 0;
}

static struct clr_cell cell_of(const struct given *given)
{
    return (struct clr_cell){
        .key = {
            .product = (uint8_t)given->product, .direction = (uint8_t)given->direction, .kind = (uint8_t)given->kind, .service = CLR_SERVICE_BUS,
            .window = given->window != 0 ? given->window : DAY, .issuer = ledger_party(given->issuer), .acquirer = ledger_party(given->acquirer),
            .rules_version = given->version != 0 ? (uint32_t)given->version : 1,
            .fee_row = given->has_fee ? (uint16_t)given->fee_row : CLR_FEE_NONE,
        },
        .sum = {
            .count = given->count, .amount_fen = given->amount_fen, .fee_fen = given->fee[0] + given->fee[1] + given->fee[2],
            .fee_issuer_fen = given->fee[0], .fee_centre_fen = given->fee[1], .fee_count = given->fee_count, .fee_numerator = given->numerator,
        },
    };
}

enum clr_status build(const struct given *given, const struct clr_rules *current, enum clr_level level, struct clr_ledger *out)
{
    struct clr_cell cell[CELLS_MAX];
    const struct clr_cell *pointer[CELLS_MAX];
    size_t count = 0;

    for (; count < CELLS_MAX && given[count].issuer != NULL; count++) {
        cell[count] = cell_of(&given[count]);
        pointer[count] = &cell[count];
    }
    return clr_ledger_build(pointer, count, ledger_lookup, versions, current, level, out);
}

const char *row_text(const struct clr_matrix_row *row, size_t count, char text[TEXT_SIZE])
{
    int size = 0;

    text[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        size += snprintf(text + size, TEXT_SIZE - (size_t)size, "%s>%s %s %lld %lld; ", row[i].payer.code, row[i].payee.code,
                         row[i].kind == CLR_KIND_COUNT ? "net" : clr_kind_term(row[i].kind).name, (long long)row[i].count,
                         (long long)row[i].amount_fen);
    }
    return text;
}

const char *position_text(const struct clr_ledger *ledger, char text[TEXT_SIZE])
{
    int size = 0;

    text[0] = '\0';
    for (size_t i = 0; i < ledger->position_count; i++) {
        const struct clr_position *position = &ledger->position[i];
        size += snprintf(text + size, TEXT_SIZE - (size_t)size, "%s +%lld -%lld %lld =%lld #%lld; ", position->who.code,
                         (long long)position->receivable_fen, (long long)position->payable_fen, (long long)position->fee_fen,
                         (long long)position->net_fen, (long long)position->count);
    }
    return text;
}
