/* gen_plan.c: drawing trades: when, where, which card, how much. See gen_trade.h. */
#include <stdlib.h>

#include "gen_trade.h"

#define INSIDE_MAX (1u << 20)
#define TRIES 12
#define GAP_S 300                             /* between two trades of a card, as long as others can be found */
#define DAY_END_S 86399
#define EVENING_S (-18000)                    /* 19:00 of the day before */

/* Arrivals by hour: few at night, peaks at 7 and 18 o'clock. */
static const uint16_t arrivals[24] = { 2, 1, 1, 2, 8, 40, 95, 180, 150, 80, 62, 64, 70, 66, 60, 66, 90, 150, 120, 70, 52, 40, 22, 8 };

enum clr_status gen_planner_make(struct gen_world *world, struct gen_random *random, struct gen_planner *out, struct clr_fault *fault)
{
    *out = (struct gen_planner){ .world = world, .random = random };
    if (!gen_format_is_open(world->options->format)) return CLR_OK;
    out->inside_size = INSIDE_MAX;
    out->inside = malloc(out->inside_size * sizeof *out->inside);
    return out->inside != NULL ? CLR_OK : clr_fault_say(fault, CLR_FULL, "not enough memory to generate", "内存不足，无法生成");
}

void gen_planner_free(struct gen_planner *planner)
{
    free(planner->inside);
    planner->inside = NULL;
}

int32_t gen_time_of_slot(enum clr_format format, uint64_t slot, uint64_t slots)
{
    const uint64_t evening = gen_format_is_open(format) ? slots / 64 : 0;
    uint64_t total = 0, before = 0, at;
    unsigned hour = 0;

    if (slot < evening) return EVENING_S + (int32_t)((uint64_t)-EVENING_S * slot / evening);
    slot -= evening;
    slots -= evening;
    for (unsigned h = 0; h < 24; h++) total += arrivals[h];
    at = (uint64_t)((unsigned __int128)slot * total * 3600 / slots);      /* in seconds, weighted by their hour */
    while (hour < 23 && before + (uint64_t)arrivals[hour] * 3600 <= at) before += (uint64_t)arrivals[hour++] * 3600;
    return (int32_t)(hour * 3600 + (at - before) / arrivals[hour]);
}

uint32_t gen_plan_tac(struct gen_random *random)
{
    for (;;) {
        const uint32_t tac = (uint32_t)gen_random_next(random);
        if (tac != 0 && tac != UINT32_C(0xffffffff) && tac != UINT32_C(0x30303030)) return tac;
    }
}

bool gen_trade_owes(const struct gen_trade *trade)
{
    return (trade->flags & (GEN_TRADE_ENTRY | GEN_TRADE_LOCK | GEN_TRADE_BONUS | GEN_TRADE_MONTHLY)) == 0;
}

/* ---- fares ---- */

static uint32_t price_of(struct gen_random *random, enum clr_service service)
{
    switch (service) {
    case CLR_SERVICE_METRO: return 200 + 100 * (uint32_t)(gen_random_below(random, 4) * gen_random_below(random, 4));
    case CLR_SERVICE_TAXI: return (uint32_t)gen_random_between(random, 1000, 6000);
    case CLR_SERVICE_TRAM: return 200;
    case CLR_SERVICE_BIKE: return 100 + 50 * (uint32_t)gen_random_below(random, 5);
    case CLR_SERVICE_FERRY: return 200 + 100 * (uint32_t)gen_random_below(random, 3);
    case CLR_SERVICE_RETAIL: return (uint32_t)gen_random_between(random, 300, 4999);
    case CLR_SERVICE_PARKING: return 500 * (uint32_t)gen_random_between(random, 1, 6);
    default: return gen_random_chance(random, 700000) ? 200 : 100 * (uint32_t)gen_random_between(random, 1, 8);
    }
}

/** What is charged: students half, metro 95 %, bus 80 %, and 40 fen less when changing. */
static uint32_t charge_of(struct gen_random *random, enum clr_service service, const struct gen_card *card, struct gen_trade *trade)
{
    uint32_t amount = trade->price_fen;

    if (service != CLR_SERVICE_BUS && service != CLR_SERVICE_METRO && service != CLR_SERVICE_TRAM) return amount;
    if (card->flags & GEN_CARD_STUDENT) amount = amount / 2;
    else if (service == CLR_SERVICE_METRO) amount = amount * 95 / 100;
    else if (gen_random_chance(random, 850000)) amount = amount * 80 / 100;
    if (amount > 40 && gen_random_chance(random, 40000)) {
        amount -= 40;
        trade->flags |= GEN_TRADE_TRANSFER;
    }
    return amount;
}

/* ---- cards ---- */

static bool usable(const struct gen_card *card, int32_t time_s, int32_t gap_s, uint32_t amount_fen)
{
    if (card->flags & (GEN_CARD_STOPPED | GEN_CARD_AVOIDED | GEN_CARD_INSIDE)) return false;
    return card->last_s + gap_s <= time_s && card->balance_fen >= amount_fen;
}

static uint64_t draw_card(struct gen_planner *planner, const struct gen_issuer *home, bool away)
{
    const struct gen_world *world = planner->world;

    if (away && world->card_count > home->count) {
        const uint64_t card = gen_random_below(planner->random, world->card_count - home->count);
        return card < home->first ? card : card + home->count;
    }
    if (home->count == 0) return gen_random_below(planner->random, world->card_count);
    return home->first + gen_random_below(planner->random, home->count);
}

/**
 * A card that can pay. First one that rested a while, then any that rested a second; then the first that may trade at all, made able to
 * pay (a load somewhere that has not been uploaded yet).
 */
static uint32_t pick_card(struct gen_planner *planner, const struct gen_issuer *home, int32_t time_s, uint32_t amount_fen)
{
    struct gen_world *world = planner->world;
    const bool away = gen_random_chance(planner->random, world->options->rate_ppm[GEN_RATE_CROSS_REGION]);
    uint64_t card = 0;

    for (unsigned i = 0; i < 2 * TRIES; i++) {
        card = draw_card(planner, home, away);
        if (usable(&world->card[card], time_s, i < TRIES ? GAP_S : 1, amount_fen)) return (uint32_t)card;
    }
    for (uint64_t i = 0; i < world->card_count; i++, card = card + 1 == world->card_count ? 0 : card + 1) {
        if (world->card[card].flags & (GEN_CARD_STOPPED | GEN_CARD_AVOIDED | GEN_CARD_INSIDE)) continue;
        if (world->card[card].balance_fen < amount_fen) world->card[card].balance_fen += 10000;
        return (uint32_t)card;
    }
    return UINT32_MAX;
}

static bool pick_stopped(struct gen_planner *planner, const struct gen_issuer *home, uint32_t amount_fen, uint32_t *card)
{
    struct gen_world *world = planner->world;
    const struct gen_issuer *issuer = home;

    for (size_t i = 0; issuer->stopped == 0 && i < world->issuer_count; i++) issuer = &world->issuer[i];
    if (issuer->stopped == 0) return false;
    *card = (uint32_t)(issuer->first + issuer->count - 1 - gen_random_below(planner->random, issuer->stopped));
    if (world->card[*card].balance_fen < amount_fen) world->card[*card].balance_fen += 10000;
    return (world->card[*card].flags & GEN_CARD_AVOIDED) == 0;
}

/** The card lives through the trade: time, counter, balance. */
static void spend(struct gen_planner *planner, struct gen_trade *trade)
{
    struct gen_card *card = &planner->world->card[trade->card];

    if (trade->time_s <= card->last_s) trade->time_s = card->last_s + 1;
    card->last_s = trade->time_s;
    trade->counter = card->counter++;
    trade->balance_fen = card->balance_fen;
    card->balance_fen -= trade->amount_fen;
}

static void use_terminal(struct gen_planner *planner, struct gen_trade *trade)
{
    const struct gen_operator *operator = &planner->world->operator[trade->operator];

    trade->terminal = (uint32_t)gen_random_below(planner->random, operator->terminal_count);
    trade->serial = planner->world->serial[operator->terminal_first + trade->terminal]++;
    trade->tac = gen_plan_tac(planner->random);
}

static uint16_t pick_operator(struct gen_planner *planner, const struct gen_source *source)
{
    const uint32_t at = (uint32_t)gen_random_below(planner->random, source->weight[source->operator_count - 1]);
    unsigned low = 0, high = source->operator_count - 1;

    while (low < high) {
        const unsigned middle = (low + high) / 2;
        if (at < source->weight[middle]) high = middle;
        else low = middle + 1;
    }
    return (uint16_t)source->operators[low];
}

/* ---- open data: entries and exits ---- */

/** The exit that is due first, if it is due. */
static bool next_exit(struct gen_planner *planner, int32_t time_s, struct gen_trade *trade)
{
    const struct gen_inside *first;

    if (planner->inside_count == 0) return false;
    first = &planner->inside[planner->inside_first];
    if (first->due_s > time_s) return false;
    trade->card = first->card;
    trade->operator = first->operator;
    planner->world->card[first->card].flags &= (uint8_t)~GEN_CARD_INSIDE;
    planner->inside_first = (planner->inside_first + 1) % planner->inside_size;
    planner->inside_count--;
    return true;
}

static void enter(struct gen_planner *planner, const struct gen_trade *trade)
{
    planner->inside[(planner->inside_first + planner->inside_count++) % planner->inside_size] =
        (struct gen_inside){ trade->card, trade->time_s + 900 + (int32_t)gen_random_below(planner->random, 1200), trade->operator };
    planner->world->card[trade->card].flags |= GEN_CARD_INSIDE;
}

/** Of three cards at most two are inside, so that a few cards never all wait for their exits. */
static bool may_enter(const struct gen_planner *planner)
{
    return planner->inside_count < planner->inside_size && planner->inside_count * 3 < planner->world->card_count;
}

static bool plan_open(struct gen_planner *planner, const struct gen_source *source, int32_t time_s, enum gen_want want, struct gen_trade *trade)
{
    struct gen_world *world = planner->world;
    const bool leaving = want == GEN_WANT_NORMAL && next_exit(planner, time_s, trade);
    bool entering = false;

    if (!leaving) {
        trade->operator = pick_operator(planner, source);
        entering = want == GEN_WANT_NORMAL && world->operator[trade->operator].service == CLR_SERVICE_METRO && may_enter(planner);
    }
    const struct gen_operator *operator = &world->operator[trade->operator];
    trade->type = operator->service == CLR_SERVICE_METRO ? (entering ? 1 : 2) : 3;
    trade->price_fen = entering ? 0 : price_of(planner->random, (enum clr_service)operator->service);
    if (entering) trade->flags |= GEN_TRADE_ENTRY;
    if (want == GEN_WANT_STOPPED && !pick_stopped(planner, &world->issuer[operator->home], trade->price_fen, &trade->card)) return false;
    if (!leaving && want != GEN_WANT_STOPPED) trade->card = pick_card(planner, &world->issuer[operator->home], time_s, trade->price_fen);
    if (trade->card == UINT32_MAX) return false;
    trade->amount_fen = 0;
    if (!entering && want != GEN_WANT_ZERO) trade->amount_fen = charge_of(planner->random, (enum clr_service)operator->service, &world->card[trade->card], trade);
    if (world->card[trade->card].balance_fen < trade->amount_fen) world->card[trade->card].balance_fen += 10000;
    trade->time_s = time_s;
    use_terminal(planner, trade);
    spend(planner, trade);
    if (entering) enter(planner, trade);
    return true;
}

/* ---- card formats ---- */

static bool at_home(const struct gen_world *world, const struct gen_trade *trade)
{
    const struct gen_operator *operator = &world->operator[trade->operator];
    const struct gen_issuer *issuer = gen_world_issuer(world, trade->card);

    return &world->issuer[operator->home] == issuer
        && world->rules->party[issuer->party].region[0] != '\0'
        && strcmp(world->rules->party[issuer->party].region, world->rules->party[operator->party].region) == 0;
}

/** What the format can say besides an ordinary purchase: local bonus purses, passes, locked cards, records without a unit. */
static void colour(struct gen_planner *planner, struct gen_trade *trade)
{
    const enum clr_format format = planner->world->options->format;
    const uint64_t draw = gen_random_below(planner->random, 1000000);

    if (format == CLR_FORMAT_YZ316) {
        if (draw < 5000 && at_home(planner->world, trade)) trade->flags = (uint16_t)((trade->flags & ~GEN_TRADE_TRANSFER) | GEN_TRADE_BONUS);
        else if (draw < 10000 && planner->world->operator[trade->operator].city_known) trade->flags |= GEN_TRADE_NO_UNIT;
        else if (draw < 10500) {
            trade->flags = (uint16_t)((trade->flags & ~GEN_TRADE_TRANSFER) | GEN_TRADE_LOCK | GEN_TRADE_NO_TAC);
            trade->amount_fen = trade->price_fen = 0;
        }
    } else if (gen_format_is_xf(format) && draw < 8000 && at_home(planner->world, trade)) {
        trade->flags |= GEN_TRADE_MONTHLY;
    }
}

static bool plan_card(struct gen_planner *planner, const struct gen_source *source, int32_t time_s, enum gen_want want, struct gen_trade *trade)
{
    struct gen_world *world = planner->world;
    const struct gen_operator *operator;

    trade->operator = pick_operator(planner, source);
    operator = &world->operator[trade->operator];
    trade->type = gen_random_chance(planner->random, 900000) ? 6 : 9;
    trade->price_fen = price_of(planner->random, (enum clr_service)operator->service);
    trade->time_s = time_s;
    use_terminal(planner, trade);
    if (want == GEN_WANT_UNKNOWN_CARD) {
        trade->amount_fen = trade->price_fen;
        trade->card = ++planner->unknown;
        trade->counter = (uint16_t)gen_random_next(planner->random);
        trade->balance_fen = trade->amount_fen + (uint32_t)gen_random_below(planner->random, 20000);
        trade->flags |= GEN_TRADE_UNKNOWN_CARD;
        return true;
    }
    if (want == GEN_WANT_STOPPED && !pick_stopped(planner, &world->issuer[operator->home], trade->price_fen, &trade->card)) return false;
    if (want != GEN_WANT_STOPPED) trade->card = pick_card(planner, &world->issuer[operator->home], time_s, trade->price_fen);
    if (trade->card == UINT32_MAX) return false;
    trade->amount_fen = want == GEN_WANT_ZERO ? 0 : charge_of(planner->random, (enum clr_service)operator->service, &world->card[trade->card], trade);
    if (want == GEN_WANT_NORMAL) colour(planner, trade);
    spend(planner, trade);
    return true;
}

bool gen_plan_trade(struct gen_planner *planner, const struct gen_source *source, int32_t time_s, enum gen_want want, struct gen_trade *out)
{
    if (time_s > DAY_END_S) time_s = DAY_END_S;
    *out = (struct gen_trade){ 0 };
    if (gen_format_is_open(planner->world->options->format)) return plan_open(planner, source, time_s, want, out);
    return plan_card(planner, source, time_s, want, out);
}

uint32_t gen_plan_load(struct gen_planner *planner, uint32_t amount_fen)
{
    struct gen_world *world = planner->world;

    for (unsigned i = 0; i < TRIES; i++) {
        const uint64_t card = gen_random_below(planner->random, world->card_count);
        if (world->card[card].flags & (GEN_CARD_STOPPED | GEN_CARD_AVOIDED) || world->card[card].balance_fen > 90000000) continue;
        world->card[card].balance_fen += amount_fen;
        return (uint32_t)card;
    }
    return UINT32_MAX;
}
