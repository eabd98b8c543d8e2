/*
 * rules_windows.c: windows.ini: how each product is processed.
 *
 *   [transit]
 *   cut_off = 24:00            00:01 to 24:00, after midnight of the business date
 *   late_days = 60             at most retention_days - 2, so that an identity is not forgotten while it could still be accepted
 *   retention_days = 93        731 (24 months) for the other products
 *   settle_days = 1            n-th banking day after the business date; 0 = the first banking day from it on
 *   future_minutes = 10        how far a trade may lie after the file's stamp
 *   twin_minutes = 10          how far a gray record and its normal twin may lie apart
 *   amount_max_fen = 100000    none when missing
 *   netting = full | gross-by-kind | fee-gross
 *   own_province = 32          [toll] only: two digits; when missing, the first two of the region of the product's centre
 *
 *   [transit.gray]             a pending reason
 *   deadline_days = 5          none: waits for a person
 *   at_deadline = reject | accept
 */
#include "model/rules_ini.h"

enum { CUT_OFF, LATE, RETENTION, SETTLE, FUTURE, TWIN, AMOUNT_MAX, NETTING, OWN_PROVINCE };
static const char *const keys[] = { "cut_off", "late_days", "retention_days", "settle_days", "future_minutes", "twin_minutes", "amount_max_fen", "netting", "own_province", NULL };
enum { DEADLINE_DAYS, AT_DEADLINE };
static const char *const deadline_keys[] = { "deadline_days", "at_deadline", NULL };
static const char *const nettings[] = { "full", "gross-by-kind", "fee-gross", NULL };

#define RETENTION_DAYS_MAX 36500

struct reading {
    struct clr_rules *rules;
    uint64_t given[CLR_PRODUCT_COUNT];                    /* keys, by product */
    uint64_t deadline_given[CLR_PRODUCT_COUNT][CLR_REASON_COUNT];
    uint64_t sections[CLR_PRODUCT_COUNT];                 /* reasons that have one */
    uint64_t line[CLR_PRODUCT_COUNT];                     /* of late_days or retention_days, whichever came last; else of the section */
    int product, reason;                                  /* of the section at hand; reason -1 = the product itself */
};

static void set_defaults(struct clr_product_rules *product, bool transit)
{
    *product = (struct clr_product_rules){
        .cut_off_s = CLR_DAY_S, .late_days = transit ? 60 : 365, .retention_days = transit ? 93 : 731, .settle_days = 1, .future_s = 600, .twin_s = 600,
        .amount_max_fen = INT64_MAX, .netting = nettings[0], .own_province = -1,
    };
    for (int reason = 0; reason < CLR_REASON_COUNT; reason++) product->deadline_days[reason] = -1;
    product->deadline_days[CLR_REASON_BIT_GRAY] = 5;
    product->deadline_days[CLR_REASON_BIT_UNKNOWN_PARTICIPANT] = 30;
    product->deadline_days[CLR_REASON_BIT_REFUND_WITHOUT_ORIGINAL] = 93;
}

static enum clr_status open_reason(struct clr_rules_ini *ini, const char *section, const char *text)
{
    struct reading *reading = ini->context;
    char name[64];

    reading->reason = clr_reason_find(clr_bytes_text(clr_rules_ini_dashes(text, name)));
    if (reading->reason < 0 || clr_verdict_of(UINT64_C(1) << reading->reason) != CLR_VERDICT_PENDING)
        return RULES_INI_FAIL(ini, NULL, section, "a sub-section is [product.reason] with a reason of the class pending", "子小节应为[产品.原因]，原因须属于待定类");
    if (reading->sections[reading->product] & UINT64_C(1) << reading->reason) return RULES_INI_FAIL(ini, NULL, section, "the section is given twice", "该小节重复");
    reading->sections[reading->product] |= UINT64_C(1) << reading->reason;
    if (reading->line[reading->product] == 0) reading->line[reading->product] = ini->line;
    return CLR_OK;
}

static enum clr_status on_section(struct clr_rules_ini *ini, const char *section)
{
    struct reading *reading = ini->context;
    const char *dot = strchr(section, '.');
    const size_t size = dot == NULL ? strlen(section) : (size_t)(dot - section);
    struct clr_product_rules *product;

    reading->product = clr_product_find(clr_bytes_of(section, size));
    reading->reason = -1;
    if (reading->product < 0) return RULES_INI_FAIL(ini, NULL, section, "a section is [product] or [product.reason]; unknown product", "小节应为[产品]或[产品.原因]；未知产品");
    if (dot != NULL) return open_reason(ini, section, dot + 1);
    product = &reading->rules->product[reading->product];
    if (product->present) return RULES_INI_FAIL(ini, NULL, section, "the section is given twice", "该小节重复");
    product->present = true;
    reading->line[reading->product] = ini->line;
    return CLR_OK;
}

static bool is_digit(char at)
{
    return at >= '0' && at <= '9';
}

static enum clr_status read_cut_off(struct clr_rules_ini *ini, const char *value, int *out)
{
    if (strlen(value) == 5 && is_digit(value[0]) && is_digit(value[1]) && value[2] == ':' && is_digit(value[3]) && is_digit(value[4])) {
        const int hours = (value[0] - '0') * 10 + value[1] - '0', minutes = (value[3] - '0') * 10 + value[4] - '0';

        *out = hours * 3600 + minutes * 60;
        if (minutes < 60 && *out > 0 && *out <= CLR_DAY_S) return CLR_OK;
    }
    return RULES_INI_FAIL(ini, "cut_off", value, "not a time HH:MM of 00:01 to 24:00", "不是00:01到24:00之间的时间HH:MM");
}

static enum clr_status read_days(struct clr_rules_ini *ini, const char *key, const char *value, int64_t max, int scale, int *out)
{
    int64_t whole = 0;

    CLR_TRY(clr_rules_ini_whole(ini, key, value, 0, max, &whole));
    *out = (int)whole * scale;
    return CLR_OK;
}

/* Other products know no provinces: there the key would be a mistake that nobody notices. */
static enum clr_status read_province(struct clr_rules_ini *ini, const char *value, int *out)
{
    const struct reading *reading = ini->context;

    if (reading->product != CLR_PRODUCT_TOLL) return RULES_INI_FAIL(ini, keys[OWN_PROVINCE], value, "only [toll] has a province of its own", "只有[toll]有本省");
    if (strlen(value) != 2 || value[0] == '0' || !is_digit(value[0]) || !is_digit(value[1]))
        return RULES_INI_FAIL(ini, keys[OWN_PROVINCE], value, "a province has two digits, 10 to 99", "省份为两位数字，10到99");
    *out = (value[0] - '0') * 10 + value[1] - '0';
    return CLR_OK;
}

static enum clr_status read_key(struct clr_rules_ini *ini, int key, const char *value, struct clr_product_rules *product)
{
    struct reading *reading = ini->context;
    int choice = 0;

    switch (key) {
    case CUT_OFF:
        return read_cut_off(ini, value, &product->cut_off_s);
    case LATE:
        reading->line[reading->product] = ini->line;
        return read_days(ini, keys[key], value, RETENTION_DAYS_MAX, 1, &product->late_days);
    case RETENTION:
        reading->line[reading->product] = ini->line;
        return read_days(ini, keys[key], value, RETENTION_DAYS_MAX, 1, &product->retention_days);
    case SETTLE:
        return read_days(ini, keys[key], value, 366, 1, &product->settle_days);
    case FUTURE:
        return read_days(ini, keys[key], value, 1440, 60, &product->future_s);
    case TWIN:
        return read_days(ini, keys[key], value, 1440, 60, &product->twin_s);
    case AMOUNT_MAX:
        return clr_rules_ini_whole(ini, keys[key], value, 1, CLR_RECORD_FEN_MAX, &product->amount_max_fen);
    case OWN_PROVINCE:
        return read_province(ini, value, &product->own_province);
    default:
        CLR_ASSERT(key == NETTING);
        CLR_TRY(clr_rules_ini_choice(ini, keys[key], value, nettings, &choice));
        product->netting = nettings[choice];
        return CLR_OK;
    }
}

static enum clr_status read_deadline(struct clr_rules_ini *ini, int key, const char *value, struct clr_product_rules *product)
{
    static const char *const at_deadline[] = { "reject", "accept", NULL };
    const struct reading *reading = ini->context;
    int choice = 0;

    if (key == DEADLINE_DAYS && strcmp(value, "none") == 0) {
        product->deadline_days[reading->reason] = -1;
        return CLR_OK;
    }
    if (key == DEADLINE_DAYS) return read_days(ini, deadline_keys[key], value, RETENTION_DAYS_MAX, 1, &product->deadline_days[reading->reason]);
    CLR_TRY(clr_rules_ini_choice(ini, deadline_keys[key], value, at_deadline, &choice));
    product->accept_at_deadline[reading->reason] = choice == 1;
    return CLR_OK;
}

static enum clr_status on_key(struct clr_rules_ini *ini, const char *section, const char *name, const char *value)
{
    struct reading *reading = ini->context;
    const bool deadline = reading->reason >= 0;
    const int key = clr_rules_ini_find(name, deadline ? deadline_keys : keys);
    struct clr_product_rules *product = &reading->rules->product[reading->product];

    (void)section;
    if (key < 0) return RULES_INI_FAIL(ini, name, value, "unknown key", "未知的键");
    CLR_TRY(clr_rules_ini_once(ini, name, value, (unsigned)key, deadline ? &reading->deadline_given[reading->product][reading->reason] : &reading->given[reading->product]));
    return deadline ? read_deadline(ini, key, value, product) : read_key(ini, key, value, product);
}

/* Deadlines of a product that is not there would never be looked at. */
static enum clr_status check(struct clr_rules_ini *ini)
{
    const struct reading *reading = ini->context;

    for (int i = 0; i < CLR_PRODUCT_COUNT; i++) {
        const struct clr_product_rules *product = &reading->rules->product[i];
        const char *name = clr_product_term((unsigned)i).name;

        ini->line = reading->line[i];
        if (!product->present && reading->sections[i] != 0) return RULES_INI_FAIL(ini, NULL, name, "there are sections [%s.…] but there is no [%s]", "有[%s.…]小节，但没有[%s]小节", name, name);
        if (product->late_days > product->retention_days - 2)
            return RULES_INI_FAIL(ini, "late_days", name, "late_days (%d) must be at most retention_days - 2 (%d): an identity may not be forgotten while it could be accepted",
                                  "late_days（%d）不得超过retention_days减2（%d）：身份不能在仍可受理时被遗忘", product->late_days, product->retention_days - 2);
    }
    return CLR_OK;
}

enum clr_status clr_rules_load_windows(struct clr_rules_load *load)
{
    struct reading reading = { .rules = load->rules, .product = -1, .reason = -1 };
    struct clr_rules_ini ini = { .load = load, .context = &reading, .section = on_section, .key = on_key };

    for (int i = 0; i < CLR_PRODUCT_COUNT; i++) set_defaults(&load->rules->product[i], i == CLR_PRODUCT_TRANSIT);
    CLR_TRY(clr_rules_ini_read(&ini, "windows.ini"));
    return check(&ini);
}
