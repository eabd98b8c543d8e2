/* test_codec_trade.c: trade-csv field by field, and what its header line may be. That the quick readers agree: test_trade_quick.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "../codecs/codecs.h"
#include "codec_one.h"

#define MALFORMED REASON(MALFORMED)
#define HEADER "card,terminal,serial,counter,amount_fen,time,city_card,city_trade,service,type,tac\n"
#define GOOD "3103120000000001234,312000000042,000005001,17,200,2026-03-02T08:15:30,3120,3050,01,06,5A17C0DE\n"

/* Columns the other way round, some quoted. */
#define TURNED "tac,type,service,city_trade,city_card,time,amount_fen,counter,serial,terminal,card\r\n" \
               "5A17C0DE,06,01,\"3050\",3120,\"2026-03-02 08:15:30\",200,17,000005001,312000000042,3103120000000001234\r\n"

static void decode(struct one *one, const char *text, const struct drive_options *options)
{
    one_decode(one, &clr_codec_trade_csv, clr_bytes_text(text), options);
}

static void a_record_means_what_yz316_means(void **state)
{
    /* Alone the general reader reads it; before others a quick one does. */
    static const char *const files[] = { HEADER GOOD, HEADER GOOD GOOD GOOD, "\xef\xbb\xbf" HEADER GOOD,
        TURNED };

    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct one one;
        decode(&one, files[i], NULL);
        one_check(&one, "good", &(struct want){ 0, NULL, 0 });
        one_check_text("card", one.raw.card, "3103120000000001234");
        one_check_text("city_card", one.raw.city_card, "3120");
        one_check_text("city_trade", one.raw.city_trade, "3050");
        one_check_text("unit", one.raw.unit, "");
        assert_int_equal(one.raw.sam, UINT64_C(312000000042));
        assert_int_equal(one.raw.sam_serial, 5001);
        assert_int_equal(one.raw.counter, 17);
        assert_int_equal(one.raw.amount_fen, 200);
        assert_int_equal(one.raw.price_fen, 200);
        assert_int_equal(one.raw.traded_at_s, INT64_C(1772410530));
        assert_int_equal(one.raw.declared_day, CLR_DAY_NONE);
        assert_int_equal(one.raw.kind, CLR_KIND_PURCHASE);
        assert_int_equal(one.raw.service, CLR_SERVICE_BUS);
        assert_int_equal(one.raw.type, 6);
        assert_int_equal(one.raw.tac, 0x5A17C0DE);
        assert_int_equal(one.raw.flags, CLR_FLAG_HAS_TAC);
    }
}

static void fields(void **state)
{
    static const struct { const char *name, *record; struct want want; } cases[] = {
        { "card of 16 digits", "3120000000001234,1,1,1,1,2026-03-02T08:15:30,3120,3050,01,06,5A17C0DE", { 0, NULL, 0 } },
        { "card of 15", "312000000000123,1,1,1,1,2026-03-02T08:15:30,3120,3050,01,06,5A17C0DE", { MALFORMED, "card", CLR_RULE_LENGTH } },
        { "card of 20", "31031200000000012345,1,1,1,1,2026-03-02T08:15:30,3120,3050,01,06,5A17C0DE", { MALFORMED, "card", CLR_RULE_LENGTH } },
        { "letter in card", "310312000000000123X,1,1,1,1,2026-03-02T08:15:30,3120,3050,01,06,5A17C0DE", { MALFORMED, "card", CLR_RULE_DIGITS } },
        { "no card", ",1,1,1,1,2026-03-02T08:15:30,3120,3050,01,06,5A17C0DE", { MALFORMED, "card", CLR_RULE_MISSING } },
        { "terminal of 13", "3120000000001234,1234567890123,1,1,1,2026-03-02T08:15:30,3120,3050,01,06,5A17C0DE", { MALFORMED, "terminal", CLR_RULE_LENGTH } },
        { "no serial", "3120000000001234,1,,1,1,2026-03-02T08:15:30,3120,3050,01,06,5A17C0DE", { MALFORMED, "serial", CLR_RULE_MISSING } },
        { "serial of 10", "3120000000001234,1,1234567890,1,1,2026-03-02T08:15:30,3120,3050,01,06,5A17C0DE", { MALFORMED, "serial", CLR_RULE_LENGTH } },
        { "greatest counter", "3120000000001234,1,1,65535,1,2026-03-02T08:15:30,3120,3050,01,06,5A17C0DE", { 0, NULL, 0 } },
        { "counter of 17 bits", "3120000000001234,1,1,65536,1,2026-03-02T08:15:30,3120,3050,01,06,5A17C0DE", { MALFORMED, "counter", CLR_RULE_RANGE } },
        { "amount of nothing", "3120000000001234,1,1,1,0,2026-03-02T08:15:30,3120,3050,01,06,5A17C0DE", { 0, NULL, 0 } },
        { "no amount", "3120000000001234,1,1,1,,2026-03-02T08:15:30,3120,3050,01,06,5A17C0DE", { MALFORMED, "amount_fen", CLR_RULE_MISSING } },
        { "amount with a point", "3120000000001234,1,1,1,2.00,2026-03-02T08:15:30,3120,3050,01,06,5A17C0DE", { MALFORMED, "amount_fen", CLR_RULE_DIGITS } },
        { "negative amount", "3120000000001234,1,1,1,-2,2026-03-02T08:15:30,3120,3050,01,06,5A17C0DE", { REASON(SIGN), NULL, 0 } },
        { "a zone", "3120000000001234,1,1,1,1,2026-03-02T08:15:30Z,3120,3050,01,06,5A17C0DE", { MALFORMED, "time", CLR_RULE_LENGTH } },
        { "a small t", "3120000000001234,1,1,1,1,2026-03-02t08:15:30,3120,3050,01,06,5A17C0DE", { MALFORMED, "time", CLR_RULE_CHARSET } },
        { "no such day", "3120000000001234,1,1,1,1,2026-02-29T08:15:30,3120,3050,01,06,5A17C0DE", { REASON(BAD_DATE), NULL, 0 } },
        { "no home city", "3120000000001234,1,1,1,1,2026-03-02T08:15:30,,3050,01,06,5A17C0DE", { 0, NULL, 0 } },
        { "city of 3", "3120000000001234,1,1,1,1,2026-03-02T08:15:30,312,3050,01,06,5A17C0DE", { MALFORMED, "city_card", CLR_RULE_LENGTH } },
        { "letter in a city", "3120000000001234,1,1,1,1,2026-03-02T08:15:30,3120,30S0,01,06,5A17C0DE", { MALFORMED, "city_trade", CLR_RULE_DIGITS } },
        { "no such industry", "3120000000001234,1,1,1,1,2026-03-02T08:15:30,3120,3050,09,06,5A17C0DE", { MALFORMED, "service", CLR_RULE_CODE } },
        { "unknown type", "3120000000001234,1,1,1,1,2026-03-02T08:15:30,3120,3050,01,07,5A17C0DE", { REASON(UNKNOWN_TYPE), NULL, 0 } },
        { "type of one digit", "3120000000001234,1,1,1,1,2026-03-02T08:15:30,3120,3050,01,6,5A17C0DE", { MALFORMED, "type", CLR_RULE_LENGTH } },
        { "no type", "3120000000001234,1,1,1,1,2026-03-02T08:15:30,3120,3050,01,,5A17C0DE", { MALFORMED, "type", CLR_RULE_MISSING } },
        { "no TAC", "3120000000001234,1,1,1,1,2026-03-02T08:15:30,3120,3050,01,06,", { REASON(TAC_ABSENT), NULL, 0 } },
        { "a SAM that failed", "3120000000001234,1,1,1,1,2026-03-02T08:15:30,3120,3050,01,06,30303030", { REASON(TAC_ABSENT), NULL, 0 } },
        { "TAC of 7", "3120000000001234,1,1,1,1,2026-03-02T08:15:30,3120,3050,01,06,5A17C0D", { MALFORMED, "tac", CLR_RULE_LENGTH } },
        { "no hexadecimal TAC", "3120000000001234,1,1,1,1,2026-03-02T08:15:30,3120,3050,01,06,5A17C0DG", { MALFORMED, "tac", CLR_RULE_HEX } },
        { "a column too few", "3120000000001234,1,1,1,1,2026-03-02T08:15:30,3120,3050,01,06", { MALFORMED, "", CLR_RULE_COLUMNS } },
        { "a quote too many", "3120000000001234\",1,1,1,1,2026-03-02T08:15:30,3120,3050,01,06,5A17C0DE", { MALFORMED, "", CLR_RULE_QUOTING } },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        static const char *const behind[] = { "", "\n" GOOD GOOD };      /* near the end of the block, and not */
        for (size_t k = 0; k < 2; k++) {
            struct one one;
            char text[1024];
            snprintf(text, sizeof text, "%s%s%s", HEADER, cases[i].record, behind[k]);
            decode(&one, text, NULL);
            one_check(&one, cases[i].name, &cases[i].want);
        }
    }
}

static void yuan(void **state)
{
    static const struct drive_options options = { .yuan = true };
    struct one one;

    (void)state;
    decode(&one, HEADER "3120000000001234,1,1,1,2.5,2026-03-02T08:15:30,3120,3050,01,06,5A17C0DE\n" GOOD GOOD, &options);
    one_check(&one, "yuan", &(struct want){ 0, NULL, 0 });
    assert_int_equal(one.raw.amount_fen, 250);
}

static void headers(void **state)
{
    static const struct { const char *name, *text; enum clr_status status; int likeness; } cases[] = {
        { "as it is", HEADER, CLR_OK, 2 },
        { "without the home city", "card,terminal,serial,counter,amount_fen,time,city_trade,service,type,tac\n", CLR_OK, 2 },
        { "one column missing", "card,terminal,serial,counter,amount_fen,time,city_card,city_trade,service,type\n", CLR_REFUSED, 1 },
        { "one twice", "card,card,terminal,serial,counter,amount_fen,time,city_card,city_trade,service,type,tac\n", CLR_REFUSED, 2 },
        { "moves", "id,product,kind,orig_id,card,issuer,acquirer,service,trade_time,amount_fen,price_fen,reason,note\n", CLR_REFUSED, 0 },
        { "nothing", "", CLR_REFUSED, 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct clr_bytes head = clr_bytes_text(cases[i].text);
        struct clr_codec_file file = { .codec = &clr_codec_trade_csv, .name = "x", .size = head.size };
        struct clr_fault fault;
        if (clr_codec_trade_csv.open(&file, head, &fault) != cases[i].status) fail_msg("%s: status", cases[i].name);
        if (clr_codec_trade_csv.sniff(head, "x") != cases[i].likeness) fail_msg("%s: likeness %d", cases[i].name, clr_codec_trade_csv.sniff(head, "x"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_means_what_yz316_means),
        cmocka_unit_test(fields),
        cmocka_unit_test(yuan),
        cmocka_unit_test(headers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
