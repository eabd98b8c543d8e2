/* transit.c: see transit.h. */
#include "transit.h"

const struct clr_code clr_industry_codes[] = {
    CLR_CODE("01", CLR_SERVICE_BUS),    CLR_CODE("02", CLR_SERVICE_TAXI),    CLR_CODE("03", CLR_SERVICE_METRO),
    CLR_CODE("04", CLR_SERVICE_TRAM),   CLR_CODE("05", CLR_SERVICE_BIKE),    CLR_CODE("06", CLR_SERVICE_FERRY),
    CLR_CODE("07", CLR_SERVICE_RETAIL), CLR_CODE("08", CLR_SERVICE_PARKING), { NULL, 0, 0 },
};

const struct clr_code clr_flag_codes[] = { CLR_CODE("0", 0), CLR_CODE("1", 1), { NULL, 0, 0 } };

static void require(struct clr_raw *raw, const struct clr_extra *extra, unsigned number)
{
    if (((extra->present | extra->broken) & CLR_FIELD_BIT(number)) == 0) clr_raw_malformed(raw, number, CLR_RULE_MISSING);
}

void clr_transit_finish(const struct clr_transit_numbers *numbers, struct clr_raw *raw, const struct clr_extra *extra)
{
    const bool lock = extra->lock != 0;

    raw->kind = lock ? CLR_KIND_LOCK : CLR_KIND_PURCHASE;
    if (!lock) {
        require(raw, extra, numbers->amount);
        require(raw, extra, numbers->type);
    }
    if ((extra->present & CLR_FIELD_BIT(numbers->type)) && raw->type != CLR_TYPE_PURSE && raw->type != CLR_TYPE_COMPOUND) {
        raw->reasons |= CLR_REASON_MASK(UNKNOWN_TYPE);
    }
    if (numbers->balance != 0 && (extra->present & CLR_FIELD_BIT(numbers->balance))) {
        if (extra->before_fen > UINT32_MAX) {
            clr_raw_malformed(raw, numbers->balance, CLR_RULE_RANGE);
        } else {
            raw->balance_fen = (uint32_t)extra->before_fen;
            raw->flags |= CLR_FLAG_HAS_BALANCE;
        }
    }
    if (lock) raw->flags |= CLR_FLAG_LOCK;
    clr_raw_finish(raw, extra, numbers->tac, !lock && extra->gray == 0);
}
