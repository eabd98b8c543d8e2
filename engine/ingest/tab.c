#include "ingest/tab.h"

#include <stdlib.h>
#include <string.h>

#define TAB_COUNT ((size_t)1 << CLR_TAB_BITS)

void clr_tabs_init(struct clr_tabs *tabs, const struct clr_rules *rules, const int *participant_of, struct clr_file_share **share)
{
    memset(tabs, 0, sizeof *tabs);
    tabs->rules = rules;
    tabs->participant_of = participant_of;
    tabs->share = share;
    clr_fee_cache_init(&tabs->fees, rules);
}

void clr_tabs_forget(struct clr_tabs *tabs)
{
    for (size_t i = 0; i < TAB_COUNT; i++) tabs->tab[i].records = 0;
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

/* ---- the key: everything that figures, obligation and cell depend on ---- */

static uint64_t what_of(const struct clr_txn *txn)
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

static uint64_t place_of(uint64_t parties, uint64_t days, uint64_t what, clr_fen amount_fen, clr_fen discount_fen)
{
    const uint64_t who = (parties ^ (uint64_t)discount_fen << 16) * UINT64_C(0x9e3779b97f4a7c15);
    const uint64_t when = (days ^ (uint64_t)amount_fen << 8) * UINT64_C(0xe7037ed1a0b428db);
    return (who ^ when ^ what) * UINT64_C(0xd6e8feb86659fd93) >> (64 - CLR_TAB_BITS);
}

/* ---- settling ---- */

/** *sum times n. */
static enum clr_status multiply(struct clr_cell_sum *sum, uint64_t n)
{
    bool overflow = __builtin_mul_overflow(sum->count, n, &sum->count);
    overflow |= __builtin_mul_overflow(sum->amount_fen, n, &sum->amount_fen);
    overflow |= __builtin_mul_overflow(sum->discount_fen, n, &sum->discount_fen);
    overflow |= __builtin_mul_overflow(sum->fee_fen, n, &sum->fee_fen);
    overflow |= __builtin_mul_overflow(sum->fee_issuer_fen, n, &sum->fee_issuer_fen);
    overflow |= __builtin_mul_overflow(sum->fee_centre_fen, n, &sum->fee_centre_fen);
    overflow |= __builtin_mul_overflow(sum->fee_count, n, &sum->fee_count);
    overflow |= __builtin_mul_overflow(sum->fee_numerator, (clr_wide)n, &sum->fee_numerator);
    return overflow ? CLR_OVERFLOW : CLR_OK;
}

static enum clr_status book(struct clr_tabs *tabs, const struct clr_tab *tab, struct clr_cells *cells)
{
    const clr_party issuer = (clr_party)(tab->parties >> 32), acquirer = (clr_party)tab->parties;
    const struct clr_trade trade = {
        .product = product_of(tab), .kind = kind_of(tab), .service = service_of(tab), .flags = CLR_FLAG_HAS_PRICE,
        .issuer = issuer, .acquirer = acquirer, .issuer_index = tabs->participant_of[issuer], .acquirer_index = tabs->participant_of[acquirer],
        .amount_fen = tab->amount_fen, .price_fen = tab->amount_fen + tab->discount_fen,      /* a price some record carried: it fits */
        .trade_day = (clr_day)(uint32_t)tab->days, .window = window_of(tab),
    };
    struct clr_cell_key key;
    struct clr_cell_sum sum;
    bool booked;
    CLR_TRY(clr_obligation_cached(&tabs->fees, &trade, &key, &sum, &booked));
    if (!booked) return CLR_OK;
    CLR_TRY(multiply(&sum, tab->records));
    return clr_cells_add(cells, &key, &sum, 1);
}

static enum clr_status settle(struct clr_tabs *tabs, struct clr_tab *tab)
{
    struct clr_file_share *const share = clr_share_of(tabs->share, file_of(tab));
    clr_fen amount_fen;
    if (share == NULL) return CLR_FULL;
    if (__builtin_mul_overflow(tab->amount_fen, tab->records, &amount_fen)) return CLR_OVERFLOW;
    CLR_TRY(clr_figures_count_accepted(&share->figures, notes_of(tab), kind_of(tab), tab->records, amount_fen));
    if (share->window == CLR_DAY_NONE || window_of(tab) < share->window) share->window = window_of(tab);
    /* Entries and locks make no obligation, nor do bonus purses and passes. */
    if (is_owing(tab) && (kind_of(tab) == CLR_KIND_PURCHASE || kind_of(tab) == CLR_KIND_LOAD)) CLR_TRY(book(tabs, tab, &share->cells));
    tab->records = 0;
    return CLR_OK;
}

enum clr_status clr_tabs_settle(struct clr_tabs *tabs)
{
    for (size_t i = 0; i < TAB_COUNT; i++)
        if (tabs->tab[i].records > 0) CLR_TRY(settle(tabs, &tabs->tab[i]));
    return CLR_OK;
}

/* ---- one record ---- */

enum clr_status clr_tabs_add(struct clr_tabs *tabs, const struct clr_txn *txn)
{
    const uint64_t parties = (uint64_t)txn->issuer << 32 | txn->acquirer;
    const uint64_t days = (uint64_t)(uint32_t)txn->window << 32 | (uint32_t)txn->trade_day;
    const uint64_t what = what_of(txn);
    const clr_fen discount_fen = (txn->flags & CLR_FLAG_HAS_PRICE) && txn->price_fen > txn->amount_fen ? txn->price_fen - txn->amount_fen : 0;
    struct clr_tab *const tab = &tabs->tab[place_of(parties, days, what, txn->amount_fen, discount_fen)];

    const uint64_t other = (tab->parties ^ parties) | (tab->days ^ days) | (tab->what ^ what)
                         | (uint64_t)(tab->amount_fen ^ txn->amount_fen) | (uint64_t)(tab->discount_fen ^ discount_fen);
    if (tab->records > 0 && other == 0) {
        tab->records++;
        return CLR_OK;
    }
    if (tab->records > 0) CLR_TRY(settle(tabs, tab));
    *tab = (struct clr_tab){ parties, days, what, txn->amount_fen, discount_fen, 1 };
    return CLR_OK;
}
