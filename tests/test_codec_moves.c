/* test_codec_moves.c: the moves CSV: what each kind needs, signs, times, identifiers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "codec_one.h"

#define MALFORMED REASON(MALFORMED)
#define HEADER "id,product,kind,orig_id,card,issuer,acquirer,service,trade_time,amount_fen,price_fen,reason,note\n"
#define TIME "2026-03-02 10:00:00"
#define LONG_ID "0123456789012345678901234567890123456789012345678901234567890123"

static void decode_row(struct one *one, const char *row, const struct drive_options *options)
{
    char text[2048];

    snprintf(text, sizeof text, "%s%s\n", HEADER, row);
    one_decode(one, clr_codec_by_name(&clr_codecs, clr_bytes_text("moves")), clr_bytes_text(text), options);
    assert_int_equal(one->result.records, 1);
}

static void a_row_in_full(void **state)
{
    static struct one one;

    (void)state;
    decode_row(&one, "m-1,transit,refund,r7-123,3120000000001234,YZ,BUS1,bus," TIME ",160,200,wrong fare,\"said \"\"sorry\"\", twice\"",
               NULL);
    one_check(&one, "refund", &(struct want){ 0 });
    assert_int_equal(one.raw.product, CLR_PRODUCT_TRANSIT);
    assert_int_equal(one.raw.kind, CLR_KIND_REFUND);
    assert_int_equal(one.raw.service, CLR_SERVICE_BUS);
    assert_int_equal(one.raw.amount_fen, 160);
    assert_int_equal(one.raw.price_fen, 200);
    assert_int_equal(one.raw.traded_at_s, clr_time_of(2026, 3, 2, 10, 0, 0));
    assert_int_equal(one.raw.flags, CLR_FLAG_HAS_PRICE);
    assert_false(one.raw.negative);
    one_check_text("id", one.raw.id, "m-1");
    one_check_text("orig_id", one.raw.orig_id, "r7-123");
    one_check_text("card", one.raw.card, "3120000000001234");
    one_check_text("issuer", one.raw.issuer_code, "YZ");
    one_check_text("acquirer", one.raw.acquirer_code, "BUS1");
    one_check_text("reason", one.raw.reason_text, "wrong fare");
    one_check_text("note", one.raw.note_text, "said \"sorry\", twice");
}

static void rows(void **state)
{
    static const struct { const char *name, *row; struct want want; unsigned kind, service; int64_t amount; bool negative; } cases[] = {
        { "purchase", "m,transit,purchase,,,YZ,B,bus," TIME ",160,,,", { 0 }, CLR_KIND_PURCHASE, CLR_SERVICE_BUS, 160, false },
        { "load", "m,transit,load,,,YZ,B,load," TIME ",5000,,,", { 0 }, CLR_KIND_LOAD, CLR_SERVICE_LOAD, 5000, false },
        { "load without a service", "m,transit,load,,,YZ,B,," TIME ",5000,,,", { 0 }, CLR_KIND_LOAD, CLR_SERVICE_LOAD, 5000, false },
        { "reversal", "m,transit,reversal,s/f.txt/9,,,,," TIME ",160,,,", { 0 }, CLR_KIND_REVERSAL, CLR_SERVICE_OTHER, 160, false },
        { "adjustment up", "m,transit,adjust,r1-1,,,,," TIME ",300,,,", { 0 }, CLR_KIND_ADJUST, CLR_SERVICE_OTHER, 300, false },
        { "adjustment down", "m,transit,adjust,r1-1,,,,," TIME ",-300,,,", { 0 }, CLR_KIND_ADJUST, CLR_SERVICE_OTHER, 300, true },
        { "decision", "m,transit,decide,r1-1,,,,,,,,accept,", { 0 }, CLR_KIND_DECIDE, CLR_SERVICE_OTHER, 0, false },
        { "decision with a time and an amount", "m,transit,decide,r1-1,,,,," TIME ",5,,reject,why", { 0 }, CLR_KIND_DECIDE,
          CLR_SERVICE_OTHER, 5, false },
        { "deduction", "m,medical,deduct,,,321000,320100,resident," TIME ",7,,,", { 0 }, CLR_KIND_DEDUCT, CLR_SERVICE_OTHER, 7, false },
        { "id of 64", LONG_ID ",transit,load,,,YZ,B,load," TIME ",1,,,", { 0 }, CLR_KIND_LOAD, CLR_SERVICE_LOAD, 1, false },
        { "nothing to pay", "m,transit,purchase,,,YZ,B,bus," TIME ",0,,,", { 0 }, CLR_KIND_PURCHASE, CLR_SERVICE_BUS, 0, false },
        { "no id", ",transit,load,,,YZ,B,load," TIME ",1,,,", { MALFORMED, "id", CLR_RULE_MISSING }, CLR_KIND_LOAD, CLR_SERVICE_LOAD, 1,
          false },
        { "id of 65", LONG_ID "x,transit,load,,,YZ,B,load," TIME ",1,,,", { MALFORMED, "id", CLR_RULE_LENGTH }, CLR_KIND_LOAD,
          CLR_SERVICE_LOAD, 1, false },
        { "id with a tab", "m\t1,transit,load,,,YZ,B,load," TIME ",1,,,", { MALFORMED, "id", CLR_RULE_CHARSET }, CLR_KIND_LOAD,
          CLR_SERVICE_LOAD, 1, false },
        { "id not in ASCII", "流水1,transit,load,,,YZ,B,load," TIME ",1,,,", { MALFORMED, "id", CLR_RULE_CHARSET }, CLR_KIND_LOAD,
          CLR_SERVICE_LOAD, 1, false },
        { "no product", "m,,load,,,YZ,B,load," TIME ",1,,,", { MALFORMED, "product", CLR_RULE_MISSING }, CLR_KIND_LOAD, CLR_SERVICE_LOAD,
          1, false },
        { "unknown product", "m,bus,load,,,YZ,B,load," TIME ",1,,,", { MALFORMED, "product", CLR_RULE_CODE }, CLR_KIND_LOAD,
          CLR_SERVICE_LOAD, 1, false },
        { "no kind", "m,transit,,,,YZ,B,load," TIME ",1,,,", { MALFORMED, "kind", CLR_RULE_MISSING }, CLR_KIND_PURCHASE, CLR_SERVICE_LOAD,
          1, false },
        { "unknown kind", "m,transit,gift,,,YZ,B,load," TIME ",1,,,", { REASON(UNKNOWN_TYPE), NULL, 0 }, CLR_KIND_PURCHASE,
          CLR_SERVICE_LOAD, 1, false },
        { "kind of no move", "m,transit,entry,,,YZ,B,load," TIME ",1,,,", { REASON(UNKNOWN_TYPE), NULL, 0 }, CLR_KIND_PURCHASE,
          CLR_SERVICE_LOAD, 1, false },
        { "refund of nothing", "m,transit,refund,,,,,bus," TIME ",1,,,", { MALFORMED, "orig_id", CLR_RULE_MISSING }, CLR_KIND_REFUND,
          CLR_SERVICE_BUS, 1, false },
        { "reversal of nothing", "m,transit,reversal,,,,,bus," TIME ",1,,,", { MALFORMED, "orig_id", CLR_RULE_MISSING }, CLR_KIND_REVERSAL,
          CLR_SERVICE_BUS, 1, false },
        { "decision without a word", "m,transit,decide,r1-1,,,,,,,,,", { MALFORMED, "reason", CLR_RULE_MISSING }, CLR_KIND_DECIDE,
          CLR_SERVICE_OTHER, 0, false },
        { "decision with another word", "m,transit,decide,r1-1,,,,,,,,yes,", { MALFORMED, "reason", CLR_RULE_CODE }, CLR_KIND_DECIDE,
          CLR_SERVICE_OTHER, 0, false },
        { "no time", "m,transit,load,,,YZ,B,load,,1,,,", { MALFORMED, "trade_time", CLR_RULE_MISSING }, CLR_KIND_LOAD, CLR_SERVICE_LOAD, 1,
          false },
        { "date alone", "m,transit,load,,,YZ,B,load,2026-03-02,1,,,", { MALFORMED, "trade_time", CLR_RULE_LENGTH }, CLR_KIND_LOAD,
          CLR_SERVICE_LOAD, 1, false },
        { "30 February", "m,transit,load,,,YZ,B,load,2026-02-30 10:00:00,1,,,", { REASON(BAD_DATE), NULL, 0 }, CLR_KIND_LOAD,
          CLR_SERVICE_LOAD, 1, false },
        { "offset of 24 hours", "m,transit,load,,,YZ,B,load,2026-03-02T10:00:00+24:00,1,,,", { REASON(BAD_DATE), NULL, 0 }, CLR_KIND_LOAD,
          CLR_SERVICE_LOAD, 1, false },
        { "offset without colon", "m,transit,load,,,YZ,B,load,2026-03-02T10:00:00+0800,1,,,", { MALFORMED, "trade_time", CLR_RULE_LENGTH },
          CLR_KIND_LOAD, CLR_SERVICE_LOAD, 1, false },
        { "no amount", "m,transit,load,,,YZ,B,load," TIME ",,,,", { MALFORMED, "amount_fen", CLR_RULE_MISSING }, CLR_KIND_LOAD,
          CLR_SERVICE_LOAD, 0, false },
        { "load of less than nothing", "m,transit,load,,,YZ,B,load," TIME ",-1,,,", { REASON(SIGN), NULL, 0 }, CLR_KIND_LOAD,
          CLR_SERVICE_LOAD, 1, true },
        { "minus zero", "m,transit,load,,,YZ,B,load," TIME ",-0,,,", { REASON(SIGN), NULL, 0 }, CLR_KIND_LOAD, CLR_SERVICE_LOAD, 0, true },
        { "negative price of an adjustment", "m,transit,adjust,r1-1,,,,," TIME ",-1,-1,,", { REASON(SIGN), NULL, 0 }, CLR_KIND_ADJUST,
          CLR_SERVICE_OTHER, 1, true },
        { "decimals", "m,transit,load,,,YZ,B,load," TIME ",1.50,,,", { MALFORMED, "amount_fen", CLR_RULE_DIGITS }, CLR_KIND_LOAD,
          CLR_SERVICE_LOAD, 0, false },
        { "too much", "m,transit,load,,,YZ,B,load," TIME ",100000000001,,,", { MALFORMED, "amount_fen", CLR_RULE_RANGE }, CLR_KIND_LOAD,
          CLR_SERVICE_LOAD, 0, false },
        { "unknown service", "m,transit,load,,,YZ,B,plane," TIME ",1,,,", { MALFORMED, "service", CLR_RULE_CODE }, CLR_KIND_LOAD,
          CLR_SERVICE_OTHER, 1, false },
        { "insurance of a load", "m,transit,load,,,YZ,B,employee," TIME ",1,,,", { MALFORMED, "service", CLR_RULE_CODE }, CLR_KIND_LOAD,
          CLR_SERVICE_OTHER, 1, false },
        { "card with a dash", "m,transit,load,,31-20,YZ,B,load," TIME ",1,,,", { MALFORMED, "card", CLR_RULE_CHARSET }, CLR_KIND_LOAD,
          CLR_SERVICE_LOAD, 1, false },
        { "one column less", "m,transit,load,,,YZ,B,load," TIME ",1,,", { MALFORMED, "", CLR_RULE_COLUMNS }, CLR_KIND_PURCHASE,
          CLR_SERVICE_OTHER, 0, false },
    };
    static struct one one;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        decode_row(&one, cases[i].row, NULL);
        one_check(&one, cases[i].name, &cases[i].want);
        if (one.raw.kind != cases[i].kind || one.raw.service != cases[i].service) fail_msg("%s: kind or service", cases[i].name);
        if (one.raw.amount_fen != cases[i].amount || one.raw.negative != cases[i].negative) fail_msg("%s: amount", cases[i].name);
    }
}

static void times_name_their_zone(void **state)
{
    static const struct { const char *time; int hour, minute; } cases[] = {
        { "2026-03-02 10:00:00", 10, 0 },           { "2026-03-02T10:00:00", 10, 0 },          { "2026-03-02T10:00:00+08:00", 10, 0 },
        { "2026-03-02T02:00:00Z", 10, 0 },          { "2026-03-01T21:30:00-04:30", 10, 0 },    { "2026-03-02t02:00:00.999z", 10, 0 },
        { "2026-03-02 10:00:00.5", 10, 0 },         { "2026-03-02T10:00:00+00:00", 18, 0 },    { "2026-03-02T10:00:00+05:45", 12, 15 },
    };
    static struct one one;
    char row[256];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        snprintf(row, sizeof row, "m,transit,load,,,YZ,B,load,%s,1,,,", cases[i].time);
        decode_row(&one, row, NULL);
        one_check(&one, cases[i].time, &(struct want){ 0 });
        if (one.raw.traded_at_s != clr_time_of(2026, 3, 2, cases[i].hour, cases[i].minute, 0)) fail_msg("%s", cases[i].time);
    }
}

static void the_header_names_what_is_missing(void **state)
{
    static const struct { const char *header, *missing; } cases[] = {
        { "id,product,kind,trade_time,amount_fen\n", NULL }, { "amount_fen,id,kind,trade_time,product\n", NULL },
            { "product,kind,trade_time,amount_fen\n", "id" },
        { "id,kind,trade_time,amount_fen\n", "product" },    { "id,product,trade_time,amount_fen\n", "kind" },
            { "id,product,kind,amount_fen\n", "trade_time" },
        { "id,product,kind,trade_time\n", "amount_fen" },
    };
    static struct one one;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        one_decode(&one, clr_codec_by_name(&clr_codecs, clr_bytes_text("moves")), clr_bytes_text(cases[i].header), NULL);
        assert_int_equal(one.result.status, cases[i].missing == NULL ? CLR_OK : CLR_REFUSED);
        if (cases[i].missing != NULL) assert_string_equal(one.result.fault.field, cases[i].missing);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_in_full),
        cmocka_unit_test(rows),
        cmocka_unit_test(times_name_their_zone),
        cmocka_unit_test(the_header_names_what_is_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
