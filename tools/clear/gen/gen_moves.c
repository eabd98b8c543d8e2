/* gen_moves.c: see gen_moves.h. */
#include "gen_moves.h"

#include <string.h>

#include "gen_put.h"

enum story { FULL, IN_PARTS, PART, REVERSED, ADJUSTED_UP, ADJUSTED_DOWN, EXCEEDING, PART_THEN_EXCEEDING, REFUND_THEN_REVERSAL, PART_THEN_REVERSAL,
             REVERSED_TWICE, PART_REVERSAL, NO_ORIGINAL, STORIES };

/* Of a hundred, how many go each way: most refunds are good ones. */
static const uint8_t frequent[STORIES] = { [FULL] = 26, [IN_PARTS] = 14, [PART] = 12, [REVERSED] = 14, [ADJUSTED_UP] = 4, [ADJUSTED_DOWN] = 4,
                                           [EXCEEDING] = 5,
                                           [PART_THEN_EXCEEDING] = 4, [REFUND_THEN_REVERSAL] = 3, [PART_THEN_REVERSAL] = 3, [REVERSED_TWICE] = 3,
                                           [PART_REVERSAL] = 3, [NO_ORIGINAL] = 5 };

static enum story draw_story(struct gen_random *random)
{
    uint64_t draw = gen_random_below(random, 100);

    for (unsigned s = 0; s < STORIES; s++) {
        if (draw < frequent[s]) return (enum story)s;
        draw -= frequent[s];
    }
    return FULL;
}

struct teller {
    struct gen_part *parts;
    unsigned count;
    int64_t refunded_fen;
};

static void tell(struct teller *teller, enum clr_kind kind, int64_t amount_fen, int reason)
{
    teller->parts[teller->count++] = (struct gen_part){ kind, amount_fen, reason, teller->refunded_fen, false };
    if (reason == GEN_ACCEPTED && kind != CLR_KIND_ADJUST) teller->refunded_fen += amount_fen;
}

/** Two to four parts that make up the whole; an amount of few fen in as many parts as it has. */
static void tell_parts(struct gen_random *random, struct teller *teller, int64_t amount_fen)
{
    const unsigned parts = 2 + (unsigned)gen_random_below(random, 3);

    for (unsigned i = 0; i < parts && teller->refunded_fen < amount_fen; i++) {
        const int64_t left_fen = amount_fen - teller->refunded_fen;
        tell(teller, CLR_KIND_REFUND, i + 1 == parts ? left_fen : gen_random_between(random, 1, (left_fen + 1) / 2), GEN_ACCEPTED);
    }
}

unsigned gen_parts_draw(struct gen_random *random, int64_t amount_fen, struct gen_part parts[GEN_PARTS_MAX])
{
    struct teller teller = { .parts = parts };
    enum story story = draw_story(random);

    if (amount_fen < 4 && (story == PART_THEN_EXCEEDING || story == PART_THEN_REVERSAL || story == PART_REVERSAL)) story = FULL;
    switch (story) {
    case IN_PARTS: tell_parts(random, &teller, amount_fen); break;
    case PART: tell(&teller, CLR_KIND_REFUND, gen_random_between(random, 1, amount_fen), GEN_ACCEPTED); break;
    case REVERSED: tell(&teller, CLR_KIND_REVERSAL, amount_fen, GEN_ACCEPTED); break;
    case ADJUSTED_UP: tell(&teller, CLR_KIND_ADJUST, gen_random_between(random, 1, 300), GEN_ACCEPTED); break;
    case ADJUSTED_DOWN: tell(&teller, CLR_KIND_ADJUST, -gen_random_between(random, 1, amount_fen), GEN_ACCEPTED); break;
    case EXCEEDING: tell(&teller, CLR_KIND_REFUND, amount_fen + gen_random_between(random, 1, 100), CLR_REASON_BIT_REFUND_EXCEEDS_ORIGINAL); break;
    case PART_THEN_EXCEEDING:
        tell(&teller, CLR_KIND_REFUND, amount_fen / 2, GEN_ACCEPTED);
        tell(&teller, CLR_KIND_REFUND, amount_fen - amount_fen / 2 + 1, CLR_REASON_BIT_REFUND_EXCEEDS_ORIGINAL);
        tell(&teller, CLR_KIND_REFUND, amount_fen - amount_fen / 2, GEN_ACCEPTED);
        break;
    case REFUND_THEN_REVERSAL:                /* already refunded, too, but that it exceeds the original comes first */
        tell(&teller, CLR_KIND_REFUND, amount_fen, GEN_ACCEPTED);
        tell(&teller, CLR_KIND_REVERSAL, amount_fen, CLR_REASON_BIT_REFUND_EXCEEDS_ORIGINAL);
        break;
    case PART_THEN_REVERSAL:
        tell(&teller, CLR_KIND_REFUND, amount_fen / 4, GEN_ACCEPTED);
        tell(&teller, CLR_KIND_REVERSAL, amount_fen - amount_fen / 4, CLR_REASON_BIT_ALREADY_REFUNDED);
        break;
    case REVERSED_TWICE:
        tell(&teller, CLR_KIND_REVERSAL, amount_fen, GEN_ACCEPTED);
        tell(&teller, CLR_KIND_REVERSAL, amount_fen, CLR_REASON_BIT_REFUND_EXCEEDS_ORIGINAL);
        break;
    case PART_REVERSAL: tell(&teller, CLR_KIND_REVERSAL, amount_fen / 2, CLR_REASON_BIT_FIELD_MISMATCH); break;
    case NO_ORIGINAL:
        tell(&teller, CLR_KIND_REFUND, amount_fen, CLR_REASON_BIT_REFUND_WITHOUT_ORIGINAL);
        parts[0].dangling = true;
        break;
    default: tell(&teller, CLR_KIND_REFUND, amount_fen, GEN_ACCEPTED); break;
    }
    return teller.count;
}

int32_t gen_move_time(struct gen_random *random, int32_t time_s)
{
    const int32_t later_s = time_s + (int32_t)gen_random_between(random, 60, 7200);

    return later_s < CLR_DAY_S ? later_s : CLR_DAY_S - 1;
}

const char *gen_reference(const struct gen_rules *rules, const struct gen_file *file, uint64_t number, char text[GEN_REFERENCE_SIZE])
{
    snprintf(text, GEN_REFERENCE_SIZE, "%s/%s/%llu", rules->sender[file->sender].name, file->name, (unsigned long long)number);
    return text;
}

static char *put_moment(const struct gen_world *world, const struct gen_move *move, char *to)
{
    char digits[14];
    const int32_t time_s = move->damage == GEN_DAMAGE_FUTURE ? move->time_s + GEN_FUTURE_S : move->time_s;

    if (move->damage == GEN_DAMAGE_DATE) return gen_put_text(to, "2026-02-31T08:00:00+08:00");
    gen_put_time(gen_put_day(digits, world->date, time_s), time_s);
    for (unsigned i = 0; i < 14; i++) {
        if (i == 4 || i == 6) *to++ = '-';
        if (i == 8) *to++ = 'T';
        if (i == 10 || i == 12) *to++ = ':';
        *to++ = digits[i];
    }
    return gen_put_text(to, "+08:00");
}

size_t gen_render_move(const struct gen_world *world, const struct gen_move *move, char *to)
{
    /* Runs of different seeds may go into one store: the identity of a row is its sender and its id. */
    char *at = gen_put_hex(gen_put_text(to, "m"), gen_mix(world->options->seed ^ (uint64_t)world->options->format << 56), 8);

    *at++ = '-';
    at = gen_put_padded(at, move->id, 9);

    at = gen_put_text(gen_put_text(at, ",transit,"), clr_kind_term(move->kind).name);
    *at++ = ',';
    at = gen_put_text(at, move->reference);
    *at++ = ',';
    at = gen_put_text(at, move->card);
    *at++ = ',';
    at = gen_put_text(at, move->issuer);
    *at++ = ',';
    at = gen_put_text(at, move->acquirer);
    *at++ = ',';
    at = gen_put_text(at, clr_service_term(move->service).name);
    *at++ = ',';
    at = put_moment(world, move, at);
    *at++ = ',';
    if (move->amount_fen < 0) *at++ = '-';
    at = gen_put_decimal(at, (uint64_t)(move->amount_fen < 0 ? -move->amount_fen : move->amount_fen));
    if (move->damage == GEN_DAMAGE_AMOUNT) *at++ = 'x';
    *at++ = ',';
    if (move->price_fen >= 0) at = gen_put_decimal(at, (uint64_t)move->price_fen);
    if (move->damage != GEN_DAMAGE_COLUMNS) at = gen_put_text(at, ",,");
    *at++ = '\n';
    return (size_t)(at - to);
}
