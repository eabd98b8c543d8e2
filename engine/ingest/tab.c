#include "ingest/tab.h"

#include <stdlib.h>
#include <string.h>

/*
 * No sum of a tab leaves 63 bits. A record adds at most 2^31 fen to amounts, discounts and bases: 2^51 of 2^20 records. Its fee is at most
 * (10^6 · 2^31 + 2^31 · 10^6) / 10^6 = 2^32 fen, or a minimum of at most 2^31: 2^52 together; the numerator before the division is below 2^52 too,
 * and a share's product with 10^6 as well. The exact numerator of basis total is made of the sums, in 128 bits.
 */
static_assert(CLR_TAB_FEN_MAX <= INT32_MAX && CLR_TAB_RECORDS_MAX <= 1u << 20 && CLR_PPM == 1000000, "the bounds above");
static_assert(CLR_TAB_COUNT * 2 <= 1 << CLR_TAB_SLOT_BITS && CLR_TAB_COUNT < UINT16_MAX, "open addressing finds a free slot soon");

void clr_tabs_init(struct clr_tabs *tabs, const struct clr_rules *rules, const int *participant_of, struct clr_file_share **share)
{
    tabs->rules = rules;
    tabs->participant_of = participant_of;
    tabs->share = share;
    clr_fee_cache_init(&tabs->fees, rules);
    clr_tabs_forget(tabs);
}

void clr_tabs_forget(struct clr_tabs *tabs)
{
    tabs->count = 0;
    memset(tabs->slot, 0, sizeof tabs->slot);
}

struct clr_file_share *clr_share_of(struct clr_file_share **share, uint32_t file)
{
    if (share[file] == NULL) {
        struct clr_file_share *const made = calloc(1, sizeof *made);
        if (made == NULL) return NULL;
        clr_cells_init(&made->cells);
        made->window = CLR_DAY_NONE;
        share[file] = made;
    }
    return share[file];
}

/* ---- the key ---- */

static inline uint64_t what_of(const struct clr_txn *txn)
{
    const uint64_t owing = (txn->flags & (CLR_FLAG_BONUS | CLR_FLAG_MONTHLY)) == 0;
    return (uint64_t)txn->file << 32 | (txn->reasons >> 62) << 28 | owing << 27 | (uint64_t)txn->product << 16 | (uint64_t)txn->kind << 8 | txn->service;
}
static uint32_t file_of(const struct clr_tab *tab) { return (uint32_t)(tab->what >> 32); }
static uint64_t notes_of(const struct clr_tab *tab) { return (tab->what >> 28 & 3) << 62; }
static bool is_owing(const struct clr_tab *tab) { return tab->what >> 27 & 1; }
static enum clr_product product_of(const struct clr_tab *tab) { return (enum clr_product)(tab->what >> 16 & 0xFF); }
static enum clr_kind kind_of(const struct clr_tab *tab) { return (enum clr_kind)(tab->what >> 8 & 0xFF); }
static enum clr_service service_of(const struct clr_tab *tab) { return (enum clr_service)(tab->what & 0xFF); }
static clr_day window_of(const struct clr_tab *tab) { return (clr_day)(uint32_t)(tab->days >> 32); }
static clr_day trade_day_of(const struct clr_tab *tab) { return (clr_day)(uint32_t)tab->days; }
static clr_party issuer_of(const struct clr_tab *tab) { return (clr_party)(tab->parties >> 32); }
static clr_party acquirer_of(const struct clr_tab *tab) { return (clr_party)tab->parties; }

static inline uint32_t place_of(uint64_t parties, uint64_t days, uint64_t what)
{
    const uint64_t hash = (parties * UINT64_C(0x9e3779b97f4a7c15)) ^ (days * UINT64_C(0xe7037ed1a0b428db)) ^ what;
    return (uint32_t)(hash * UINT64_C(0xd6e8feb86659fd93) >> (64 - CLR_TAB_SLOT_BITS));
}

/* ---- settling ---- */

static enum clr_status settle_cell(const struct clr_tabs *tabs, const struct clr_tab *tab, struct clr_cells *cells)
{
    const struct clr_cell_key key = {
        .product = (uint8_t)product_of(tab), .direction = kind_of(tab) == CLR_KIND_LOAD ? 1 : 0, .kind = (uint8_t)kind_of(tab),
        .service = (uint8_t)service_of(tab), .window = window_of(tab), .issuer = issuer_of(tab), .acquirer = acquirer_of(tab),
        .rules_version = tabs->rules->version, .fee_row = tab->fee_row,
    };
    struct clr_cell_sum sum = { .count = tab->paid, .amount_fen = tab->amount_fen, .discount_fen = tab->discount_fen, .fee_fen = tab->fee_fen,
                                .fee_issuer_fen = tab->issuer_fen, .fee_centre_fen = tab->centre_fen, .fee_count = tab->fees };
    if (tab->row != NULL && tab->row->total)
        sum.fee_numerator = (clr_wide)tab->row->rate_ppm * tab->base_fen + (clr_wide)tab->row->fixed_fen * CLR_PPM * tab->fees;
    return clr_cells_add(cells, &key, &sum, 1);
}

static enum clr_status settle(struct clr_tabs *tabs, struct clr_tab *tab)
{
    struct clr_file_share *const share = clr_share_of(tabs->share, file_of(tab));
    if (share == NULL) return CLR_FULL;
    CLR_TRY(clr_figures_count_accepted(&share->figures, notes_of(tab), kind_of(tab), tab->records, tab->received_fen));
    if (share->window == CLR_DAY_NONE || window_of(tab) < share->window) share->window = window_of(tab);
    if (tab->booked > 0) CLR_TRY(settle_cell(tabs, tab, &share->cells));
    tab->records = tab->booked = tab->paid = tab->fees = 0;
    tab->received_fen = tab->amount_fen = tab->discount_fen = tab->base_fen = tab->fee_fen = tab->issuer_fen = tab->centre_fen = 0;
    return CLR_OK;
}

enum clr_status clr_tabs_settle(struct clr_tabs *tabs)
{
    for (uint32_t i = 0; i < tabs->count; i++)
        if (tabs->tab[i].records > 0) CLR_TRY(settle(tabs, &tabs->tab[i]));
    clr_tabs_forget(tabs);
    return CLR_OK;
}

/* ---- a new tab ---- */

static bool is_small(const struct clr_fee_row *row) { return row->fixed_fen <= CLR_TAB_FEN_MAX && row->min_fen <= CLR_TAB_FEN_MAX; }

/** Entries and locks make no obligation, nor do bonus purses and passes. */
static void open_tab(const struct clr_tabs *tabs, struct clr_tab *tab, uint64_t parties, uint64_t days, uint64_t what)
{
    *tab = (struct clr_tab){ .parties = parties, .days = days, .what = what, .fee_row = CLR_FEE_NONE };
    tab->books = is_owing(tab) && (kind_of(tab) == CLR_KIND_PURCHASE || kind_of(tab) == CLR_KIND_LOAD);
    if (!tab->books) return;
    CLR_ASSERT(clr_party_is_known(issuer_of(tab)) && clr_party_is_known(acquirer_of(tab)));
    tab->fee_row = clr_rules_fee(tabs->rules, product_of(tab), service_of(tab), kind_of(tab), tabs->participant_of[issuer_of(tab)],
                                 tabs->participant_of[acquirer_of(tab)], trade_day_of(tab));
    if (tab->fee_row == CLR_FEE_NONE) return;
    tab->row = &tabs->rules->fee[tab->fee_row];
    tab->alone = !is_small(tab->row);
}

static enum clr_status make_tab(struct clr_tabs *tabs, uint64_t parties, uint64_t days, uint64_t what, struct clr_tab **out)
{
    if (tabs->count == CLR_TAB_COUNT) CLR_TRY(clr_tabs_settle(tabs));
    uint32_t slot = place_of(parties, days, what);
    while (tabs->slot[slot] != 0) slot = (slot + 1) & ((1 << CLR_TAB_SLOT_BITS) - 1);
    *out = &tabs->tab[tabs->count++];
    tabs->slot[slot] = (uint16_t)tabs->count;
    open_tab(tabs, *out, parties, days, what);
    return CLR_OK;
}

static inline enum clr_status tab_of(struct clr_tabs *tabs, const struct clr_txn *txn, struct clr_tab **out)
{
    const uint64_t parties = (uint64_t)txn->issuer << 32 | txn->acquirer;
    const uint64_t days = (uint64_t)(uint32_t)txn->window << 32 | (uint32_t)txn->trade_day;
    const uint64_t what = what_of(txn);
    for (uint32_t slot = place_of(parties, days, what); tabs->slot[slot] != 0; slot = (slot + 1) & ((1 << CLR_TAB_SLOT_BITS) - 1)) {
        struct clr_tab *const tab = &tabs->tab[tabs->slot[slot] - 1];
        if (((tab->parties ^ parties) | (tab->days ^ days) | (tab->what ^ what)) != 0) continue;
        *out = tab;
        return CLR_OK;
    }
    return make_tab(tabs, parties, days, what, out);
}

/* ---- one record ---- */

/** What does not fit a tab's bounds: the obligation on its own, every addition checked. */
static enum clr_status book_alone(struct clr_tabs *tabs, const struct clr_tab *tab, const struct clr_txn *txn)
{
    struct clr_file_share *const share = clr_share_of(tabs->share, txn->file);
    if (share == NULL) return CLR_FULL;
    CLR_TRY(clr_figures_count_accepted(&share->figures, notes_of(tab), kind_of(tab), 1, txn->amount_fen));
    if (share->window == CLR_DAY_NONE || txn->window < share->window) share->window = txn->window;
    if (!tab->books) return CLR_OK;
    const struct clr_trade trade = {
        .product = product_of(tab), .kind = kind_of(tab), .service = service_of(tab), .flags = txn->flags, .issuer = txn->issuer,
        .acquirer = txn->acquirer, .issuer_index = tabs->participant_of[txn->issuer], .acquirer_index = tabs->participant_of[txn->acquirer],
        .amount_fen = txn->amount_fen, .price_fen = txn->price_fen, .trade_day = txn->trade_day, .window = txn->window,
    };
    struct clr_cell_key key;
    struct clr_cell_sum sum;
    bool booked;
    CLR_TRY(clr_obligation_cached(&tabs->fees, &trade, &key, &sum, &booked));
    return booked ? clr_cells_add(&share->cells, &key, &sum, 1) : CLR_OK;
}

/** clr_fee_of() for amounts and rows within the bounds. */
static inline void add_fee(struct clr_tab *tab, clr_fen amount_fen, clr_fen discount_fen)
{
    const struct clr_fee_row *const row = tab->row;
    const bool counts = row->on == CLR_FEE_ON_COUNT;
    const clr_fen base_fen = counts ? 1 : row->on == CLR_FEE_ON_AMOUNT ? amount_fen : discount_fen;
    if (!counts && (amount_fen == 0 || base_fen == 0)) return;
    tab->fees++;
    if (row->total) {
        tab->base_fen += base_fen;
        return;
    }
    clr_fen fee_fen = (clr_fen)((uint64_t)(row->rate_ppm * base_fen + row->fixed_fen * CLR_PPM + CLR_PPM / 2) / CLR_PPM);
    if (fee_fen < row->min_fen) fee_fen = row->min_fen;
    if (fee_fen > row->max_fen) fee_fen = row->max_fen;
    tab->fee_fen += fee_fen;
    tab->issuer_fen += (clr_fen)((uint64_t)fee_fen * row->issuer_share_ppm / CLR_PPM);
    tab->centre_fen += (clr_fen)((uint64_t)fee_fen * row->centre_share_ppm / CLR_PPM);
}

enum clr_status clr_tabs_add(struct clr_tabs *tabs, const struct clr_txn *txn)
{
    const clr_fen amount_fen = txn->amount_fen;
    const clr_fen discount_fen = (txn->flags & CLR_FLAG_HAS_PRICE) && txn->price_fen > amount_fen ? txn->price_fen - amount_fen : 0;
    struct clr_tab *tab;

    CLR_TRY(tab_of(tabs, txn, &tab));
    if (tab->alone || amount_fen > CLR_TAB_FEN_MAX || discount_fen > CLR_TAB_FEN_MAX) return book_alone(tabs, tab, txn);
    if (tab->records == CLR_TAB_RECORDS_MAX) CLR_TRY(settle(tabs, tab));
    tab->records++;
    tab->received_fen += amount_fen;
    /* A trade of 0 fen owes nothing; it may bear a fee on the count. */
    if (!tab->books || (amount_fen == 0 && (tab->row == NULL || tab->row->on != CLR_FEE_ON_COUNT))) return CLR_OK;
    tab->booked++;
    tab->paid += amount_fen != 0;
    tab->amount_fen += amount_fen;
    tab->discount_fen += discount_fen;
    if (tab->row != NULL) add_fee(tab, amount_fen, discount_fen);
    return CLR_OK;
}
