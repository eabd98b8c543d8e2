/* gen_damage.c: the ways to break a record, as a table. See gen_trade.h. */
#include "gen_trade.h"

static const struct {
    enum clr_reason reason;
    bool leaves_amount;
    unsigned formats;
} damages[] = {
#define X(name, reason, leaves_amount, formats) { CLR_REASON_BIT_##reason, leaves_amount, formats },
    GEN_DAMAGE_LIST(X)
#undef X
};

static unsigned bit_of(enum clr_format format)
{
    switch (format) {
    case CLR_FORMAT_YZ316: return GEN_OF_YZ;
    case CLR_FORMAT_XF158:
    case CLR_FORMAT_XF160: return GEN_OF_XF;
    case CLR_FORMAT_TRADE_CSV: return GEN_OF_TRADE;
    case CLR_FORMAT_SZT_CSV: return GEN_OF_CSV;
    case CLR_FORMAT_SZT_JSON: return GEN_OF_JSON;
    default: return GEN_OF_MOVES;
    }
}

enum clr_reason gen_damage_reason(enum gen_damage damage)
{
    return damages[damage].reason;
}

bool gen_damage_leaves_amount(enum gen_damage damage)
{
    return damages[damage].leaves_amount;
}

enum gen_damage gen_damage_draw(struct gen_random *random, enum clr_format format)
{
    for (;;) {
        const enum gen_damage damage = (enum gen_damage)gen_random_below(random, GEN_DAMAGE_COUNT);
        if (damages[damage].formats & bit_of(format)) return damage;
    }
}
