/* test_codec_yz316.c: the 316-byte upload, field by field; offsets are stated here again, from the format notes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "codec_one.h"

#define HEADER "1001" "1         " "316     " "                        "
#define MALFORMED REASON(MALFORMED)

/* A record in order: every field at its place, the rest blank. */
static void make_record(char record[316])
{
    static const struct { unsigned at; const char *text; } parts[] = {
        { 0, "17" }, { 12, "3120000000001234" }, { 32, "3103120000000001234" }, { 51, "3120000000001234" }, { 67, "01" }, { 70, "0" },
        { 71, "000003E8" }, { 79, "000000C8" }, { 87, "00000320" }, { 95, "06" }, { 105, "7001" }, { 117, "312000000042" },
            { 129, "000005001" }, { 138, "0" },
        { 139, "00000011" }, { 147, "20260302" }, { 155, "081530" }, { 161, "A1B2C3D4" }, { 169, "0100" }, { 173, "01FF" },
            { 177, "31200000" }, { 193, "3120" },
        { 197, "2150" }, { 201, "20000001" }, { 209, "LINE 7" }, { 259, "01" }, { 261, "0" }, { 276, "0" },
    };

    memset(record, ' ', 315);
    record[315] = '\n';
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) memcpy(record + parts[i].at, parts[i].text, strlen(parts[i].text));
}

static void decode_record(struct one *one, const char record[316], const struct drive_options *options)
{
    char file[46 + 1 + 316];

    memcpy(file, HEADER "\n", 47);
    memcpy(file + 47, record, 316);
    one_decode(one, clr_codecs.codec[2], clr_bytes_of(file, sizeof file), options);
    assert_string_equal(one->result.file.codec->name, "yz316");
}

static void a_record_in_order(void **state)
{
    static struct one one;
    char record[316];

    (void)state;
    make_record(record);
    decode_record(&one, record, NULL);
    one_check(&one, "in order", &(struct want){ 0 });
    one_check_findings(&one, "in order", 0);
    assert_int_equal(one.result.file.data_offset, 47);
    assert_int_equal(one.raw.kind, CLR_KIND_PURCHASE);
    assert_int_equal(one.raw.service, CLR_SERVICE_BUS);
    assert_int_equal(one.raw.type, 6);
    assert_int_equal(one.raw.amount_fen, 200);
    assert_int_equal(one.raw.price_fen, 200);
    assert_int_equal(one.raw.balance_fen, 1000);
    assert_int_equal(one.raw.counter, 0x1ff);
    assert_int_equal(one.raw.tac, 0xa1b2c3d4);
    assert_int_equal(one.raw.sam, 312000000042);
    assert_int_equal(one.raw.sam_serial, 5001);
    assert_int_equal(one.raw.traded_at_s, clr_time_of(2026, 3, 2, 8, 15, 30));
    assert_int_equal(one.raw.flags, CLR_FLAG_HAS_BALANCE | CLR_FLAG_HAS_TAC | CLR_FLAG_HAS_PURSE);
    one_check_text("card", one.raw.card, "3120000000001234");
    one_check_text("unit", one.raw.unit, "20000001");
    one_check_text("city of trade", one.raw.city_trade, "3120");
    one_check_text("city of card", one.raw.city_card, "2150");
}

static void fields_that_are_wrong(void **state)
{
    static const struct { const char *name; unsigned at, size; const char *text; struct want want; } cases[] = {
        { "no card", 12, 20, "", { MALFORMED, "card_serial", CLR_RULE_MISSING } },
        { "card with a dash", 12, 20, "3120-1", { MALFORMED, "card_serial", CLR_RULE_CHARSET } },
        { "card with a blank in it", 12, 20, "31 20", { MALFORMED, "card_serial", CLR_RULE_CHARSET } },
        { "letters in the PAN", 32, 19, "310312000000000123X", { MALFORMED, "pan", CLR_RULE_DIGITS } },
        { "PAN of another card", 32, 19, "3103120000000009999", { REASON(FIELD_MISMATCH), NULL, 0 } },
        { "PAN too short to hold the inner number", 32, 19, "1234", { REASON(FIELD_MISMATCH), NULL, 0 } },
        { "inner number too short", 51, 16, "1234", { REASON(FIELD_MISMATCH), NULL, 0 } },
        { "black card", 70, 1, "1", { REASON(CARD_STATUS), NULL, 0 } },
        { "record type nobody knows", 70, 1, "4", { MALFORMED, "record_type", CLR_RULE_CODE } },
        { "balance before not hexadecimal", 71, 8, "0000O3E8", { MALFORMED, "balance_before", CLR_RULE_HEX } },
        { "no amount", 79, 8, "", { MALFORMED, "amount", CLR_RULE_MISSING } },
        { "amount with a minus", 79, 8, "-00000C8", { MALFORMED, "amount", CLR_RULE_HEX } },
        { "balance after one fen off", 87, 8, "00000321", { REASON(ARITHMETIC), NULL, 0 } },
        { "no type", 95, 2, "", { MALFORMED, "type", CLR_RULE_MISSING } },
        { "type of a load", 95, 2, "02", { REASON(UNKNOWN_TYPE), NULL, 0 } },
        { "type that is no number", 95, 2, "0x", { MALFORMED, "type", CLR_RULE_DIGITS } },
        { "no PSAM", 117, 12, "", { MALFORMED, "psam", CLR_RULE_MISSING } },
        { "PSAM right-justified", 117, 12, "        0042", { MALFORMED, "psam", CLR_RULE_DIGITS } },
        { "no PSAM serial", 129, 9, "", { MALFORMED, "psam_serial", CLR_RULE_MISSING } },
        { "lock flag nobody knows", 138, 1, "L", { MALFORMED, "lock_flag", CLR_RULE_CODE } },
        { "no date", 147, 8, "", { MALFORMED, "date", CLR_RULE_MISSING } },
        { "date with a letter", 147, 8, "2026O302", { MALFORMED, "date", CLR_RULE_DIGITS } },
        { "30 February", 147, 8, "20260230", { REASON(BAD_DATE), NULL, 0 } },
        { "29 February of a common year", 147, 8, "20250229", { REASON(BAD_DATE), NULL, 0 } },
        { "month 13", 147, 8, "20261301", { REASON(BAD_DATE), NULL, 0 } },
        { "year 0", 147, 8, "00000101", { REASON(BAD_DATE), NULL, 0 } },
        { "year 1969", 147, 8, "19691231", { REASON(BAD_DATE), NULL, 0 } },
        { "year 2106", 147, 8, "21060101", { REASON(BAD_DATE), NULL, 0 } },
        { "hour 24", 155, 6, "240000", { REASON(BAD_DATE), NULL, 0 } },
        { "minute 60", 155, 6, "236000", { REASON(BAD_DATE), NULL, 0 } },
        { "time of four digits", 155, 6, "2359", { MALFORMED, "time", CLR_RULE_LENGTH } },
        { "no TAC", 161, 8, "", { REASON(TAC_ABSENT), NULL, 0 } },
        { "TAC of zeros", 161, 8, "00000000", { REASON(TAC_ABSENT), NULL, 0 } },
        { "TAC of a failed SAM", 161, 8, "30303030", { REASON(TAC_ABSENT), NULL, 0 } },
        { "TAC of ones", 161, 8, "FFFFFFFF", { REASON(TAC_ABSENT), NULL, 0 } },
        { "short TAC", 161, 8, "A1B2", { MALFORMED, "tac", CLR_RULE_LENGTH } },
        { "TAC not hexadecimal", 161, 8, "A1B2C3DG", { MALFORMED, "tac", CLR_RULE_HEX } },
        { "no counter", 173, 4, "", { MALFORMED, "counter", CLR_RULE_MISSING } },
        { "counter not hexadecimal", 173, 4, "01FG", { MALFORMED, "counter", CLR_RULE_HEX } },
        { "unit in Chinese", 201, 8, "\xe4\xb8\x80", { MALFORMED, "unit", CLR_RULE_CHARSET } },
        { "line in GBK", 209, 20, "\xd1\xee\x37", { MALFORMED, "line", CLR_RULE_ENCODING } },
        { "line with a tab", 209, 20, "LINE\t7", { MALFORMED, "line", CLR_RULE_CHARSET } },
        { "industry 09", 259, 2, "09", { MALFORMED, "industry", CLR_RULE_CODE } },
        { "consumption kind 5", 261, 1, "5", { MALFORMED, "consumption_kind", CLR_RULE_CODE } },
        { "test record", 276, 1, "1", { REASON(TEST_RECORD), NULL, 0 } },
        { "test flag nobody knows", 276, 1, "T", { MALFORMED, "test_flag", CLR_RULE_CODE } },
    };
    static struct one one;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char record[316];
        make_record(record);
        memset(record + cases[i].at, ' ', cases[i].size);
        memcpy(record + cases[i].at, cases[i].text, strlen(cases[i].text));
        decode_record(&one, record, NULL);
        one_check(&one, cases[i].name, &cases[i].want);
    }
}

static void fields_that_are_right(void **state)
{
    static const struct { const char *name; unsigned at, size; const char *text; unsigned kind, service,
                          flags; int64_t amount; } cases[] = {
        { "short numbers, left-justified", 117, 12, "42", CLR_KIND_PURCHASE, CLR_SERVICE_BUS, 0, 200 },
        { "lower-case hexadecimal", 161, 8, "a1b2c3d4", CLR_KIND_PURCHASE, CLR_SERVICE_BUS, 0, 200 },
        { "no PAN", 32, 19, "", CLR_KIND_PURCHASE, CLR_SERVICE_BUS, 0, 200 },
        { "no inner number", 51, 16, "", CLR_KIND_PURCHASE, CLR_SERVICE_BUS, 0, 200 },
        { "no balance after", 87, 8, "", CLR_KIND_PURCHASE, CLR_SERVICE_BUS, 0, 200 },
        { "compound", 95, 2, "09", CLR_KIND_PURCHASE, CLR_SERVICE_BUS, 0, 200 },
        { "lock record", 138, 1, "1", CLR_KIND_LOCK, CLR_SERVICE_BUS, CLR_FLAG_LOCK, 200 },
        { "taxi", 259, 2, "02", CLR_KIND_PURCHASE, CLR_SERVICE_TAXI, 0, 200 },
        { "metro", 259, 2, "03", CLR_KIND_PURCHASE, CLR_SERVICE_METRO, 0, 200 },
        { "tram", 259, 2, "04", CLR_KIND_PURCHASE, CLR_SERVICE_TRAM, 0, 200 },
        { "bike", 259, 2, "05", CLR_KIND_PURCHASE, CLR_SERVICE_BIKE, 0, 200 },
        { "ferry", 259, 2, "06", CLR_KIND_PURCHASE, CLR_SERVICE_FERRY, 0, 200 },
        { "retail", 259, 2, "07", CLR_KIND_PURCHASE, CLR_SERVICE_RETAIL, 0, 200 },
        { "parking", 259, 2, "08", CLR_KIND_PURCHASE, CLR_SERVICE_PARKING, 0, 200 },
        { "no industry", 259, 2, "", CLR_KIND_PURCHASE, CLR_SERVICE_OTHER, 0, 200 },
        { "bonus purse", 261, 1, "2", CLR_KIND_PURCHASE, CLR_SERVICE_BUS, CLR_FLAG_BONUS, 200 },
        { "transfer", 261, 1, "8", CLR_KIND_PURCHASE, CLR_SERVICE_BUS, CLR_FLAG_TRANSFER, 200 },
        { "no consumption kind", 261, 1, "", CLR_KIND_PURCHASE, CLR_SERVICE_BUS, 0, 200 },
        { "line in UTF-8", 209, 20, "\xe4\xb8\x83\xe8\xb7\xaf", CLR_KIND_PURCHASE, CLR_SERVICE_BUS, 0, 200 },
        { "29 February 2028", 147, 8, "20280229", CLR_KIND_PURCHASE, CLR_SERVICE_BUS, 0, 200 },
    };
    static const unsigned always = CLR_FLAG_HAS_BALANCE | CLR_FLAG_HAS_TAC | CLR_FLAG_HAS_PURSE;
    static struct one one;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char record[316];
        make_record(record);
        memset(record + cases[i].at, ' ', cases[i].size);
        memcpy(record + cases[i].at, cases[i].text, strlen(cases[i].text));
        decode_record(&one, record, NULL);
        one_check(&one, cases[i].name, &(struct want){ 0 });
        if (one.raw.kind != cases[i].kind || one.raw.service != cases[i].service ||
            one.raw.amount_fen != cases[i].amount) fail_msg("%s: kind, service or amount", cases[i].name);
        if (one.raw.flags != (always | cases[i].flags)) fail_msg("%s: flags %x", cases[i].name, one.raw.flags);
    }
}

/* A lock record carries no trade: amount, type and TAC may be blank. */
static void a_lock_record_needs_no_trade(void **state)
{
    static struct one one;
    char record[316];

    (void)state;
    make_record(record);
    record[138] = '1';
    memset(record + 71, ' ', 26);
    memset(record + 161, ' ', 8);
    decode_record(&one, record, NULL);
    one_check(&one, "lock record", &(struct want){ 0 });
    assert_int_equal(one.raw.kind, CLR_KIND_LOCK);
    assert_int_equal(one.raw.amount_fen, 0);
    assert_int_equal(one.raw.flags, CLR_FLAG_LOCK | CLR_FLAG_HAS_PURSE);
}

/* Which key a TAC goes by: hexadecimal; blank is 0, and what is no number never breaks the record. */
static void key_numbers(void **state)
{
    static const struct { const char *name, *version, *index; uint16_t want_version, want_index; } cases[] = {
        { "as written", "01", "0A", 1, 10 },     { "hexadecimal", "FF", "a0", 255, 160 }, { "one digit", "7 ", "3 ", 7, 3 },
        { "blank", "  ", "  ", 0, 0 },           { "letters", "ZZ", "00", CLR_KEY_NUMBER_BAD, 0 },
        { "a blank before", "00", " 1", 0, CLR_KEY_NUMBER_BAD }, { "half a number", "1Z", "-1", CLR_KEY_NUMBER_BAD, CLR_KEY_NUMBER_BAD },
    };
    static struct one one;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char record[316];
        make_record(record);
        memcpy(record + 169, cases[i].version, 2);
        memcpy(record + 171, cases[i].index, 2);
        memcpy(record + 177, "01152150        ", 16);
        decode_record(&one, record, NULL);
        one_check(&one, cases[i].name, &(struct want){ 0 });
        if (one.raw.key_version != cases[i].want_version || one.raw.key_index != cases[i].want_index) fail_msg("%s", cases[i].name);
        one_check_text("issuer id", one.raw.issuer_id, "01152150");
    }
}

static void balances_wrap_at_32_bits(void **state)
{
    static struct one one;
    char record[316];

    (void)state;
    make_record(record);
    memcpy(record + 71, "00000064" "000000C8" "FFFFFF9C", 24);
    decode_record(&one, record, NULL);
    one_check(&one, "wraps", &(struct want){ 0 });
    memcpy(record + 71, "00000064" "000000C8" "FFFFFF9D", 24);
    decode_record(&one, record, NULL);
    one_check(&one, "wraps, one off", &(struct want){ REASON(ARITHMETIC), NULL, 0 });
}

static void profile_switches(void **state)
{
    static struct one one;
    char record[316];

    (void)state;
    make_record(record);
    memcpy(record + 71, "10.00   " "2.5     " "7.50    ", 24);
    decode_record(&one, record, &(struct drive_options){ .yuan = true });
    one_check(&one, "yuan", &(struct want){ 0 });
    assert_int_equal(one.raw.amount_fen, 250);
    assert_int_equal(one.raw.balance_fen, 1000);
    memcpy(record + 79, "2.505   ", 8);
    decode_record(&one, record, &(struct drive_options){ .yuan = true });
    one_check(&one, "three decimals", &(struct want){ MALFORMED, "amount", CLR_RULE_RANGE });
    memcpy(record + 79, "-2.50   ", 8);
    decode_record(&one, record, &(struct drive_options){ .yuan = true });
    one_check(&one, "minus", &(struct want){ REASON(SIGN), NULL, 0 });
    make_record(record);
    memcpy(record + 209, "\xd1\xee\x37", 3);
    decode_record(&one, record, &(struct drive_options){ .gbk = true });
    one_check(&one, "line in GBK, as declared", &(struct want){ 0 });
    memcpy(record + 209, "\xc2\x20\x37", 3);
    decode_record(&one, record, &(struct drive_options){ .gbk = true });
    one_check(&one, "line in broken GBK", &(struct want){ MALFORMED, "line", CLR_RULE_ENCODING });
}

static void headers(void **state)
{
    static const struct { const char *name, *file; enum clr_status status; unsigned findings; uint64_t records; } cases[] = {
        { "empty", "", CLR_REFUSED, 1 << CLR_FILE_REASON_FRAMING, 0 },
        { "cut off", "10011         316", CLR_REFUSED, 1 << CLR_FILE_REASON_FRAMING, 0 },
        { "header alone, no line end", "1001" "0         " "316     " "                        ", CLR_OK, 0, 0 },
        { "header alone, CRLF", "1001" "0         " "316     " "                        \r\n", CLR_OK, 0, 0 },
        { "header alone that promises one", HEADER "\n", CLR_OK, 1 << CLR_FILE_REASON_RECORDS, 0 },
        { "wrong record length", "1001" "0         " "315     " "                        \n", CLR_OK, 1 << CLR_FILE_REASON_RECORD_LENGTH,
          0 },
        { "no record length", "1001" "0         " "        " "                        \n", CLR_OK, 1 << CLR_FILE_REASON_RECORD_LENGTH, 0 },
        { "no count", "1001" "          " "316     " "                        \n", CLR_OK, 1 << CLR_FILE_REASON_FRAMING, 0 },
        { "right-justified count", "1001" "         0" "316     " "                        \n", CLR_OK, 1 << CLR_FILE_REASON_FRAMING, 0 },
        { "another type", "2001" "0         " "316     " "                        \n", CLR_OK, 1 << CLR_FILE_REASON_FRAMING, 0 },
        { "blank lines are no records", "1001" "0         " "316     " "                        \n\n\r\n\n\r", CLR_OK, 0, 0 },
        { "short lines are records", "1001" "2         " "316     " "                        \nx\ny\n", CLR_OK, 0, 2 },
        { "short last line without line end", "1001" "1         " "316     " "                        \nx", CLR_OK,
          1 << CLR_FILE_REASON_FRAMING, 1 },
    };
    static struct one one;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        one_decode(&one, clr_codecs.codec[2], clr_bytes_text(cases[i].file), NULL);
        if (one.result.status != cases[i].status) fail_msg("%s: status %d", cases[i].name, one.result.status);
        if (one.result.records != cases[i].records) fail_msg("%s: records %d", cases[i].name, (int)one.result.records);
        one_check_findings(&one, cases[i].name, cases[i].findings);
        if (cases[i].status != CLR_OK && (one.result.fault.en[0] == '\0' ||
                                          one.result.fault.zh[0] == '\0')) fail_msg("%s: a refusal without words", cases[i].name);
    }
}

struct shown {
    unsigned count;
    char card[32], tac[16];
};

static void show(void *context, unsigned field, struct clr_bytes text)
{
    struct shown *const shown = context;

    shown->count++;
    assert_int_equal(field, shown->count);
    if (field == 2) snprintf(shown->card, sizeof shown->card, "%.*s", (int)text.size, (const char *)text.data);
    if (field == 19) snprintf(shown->tac, sizeof shown->tac, "%.*s", (int)text.size, (const char *)text.data);
}

static void explains_every_field(void **state)
{
    const struct clr_codec *codec = clr_codecs.codec[2];
    struct clr_codec_file file = { .codec = codec, .name = "x" };
    struct shown shown = { .count = 0 };
    char record[316];
    unsigned personal = 0;

    (void)state;
    make_record(record);
    codec->explain(&file, clr_bytes_of(record, 316), show, &shown);
    assert_int_equal(shown.count, codec->field_count);
    assert_string_equal(shown.card, "3120000000001234    ");
    assert_string_equal(shown.tac, "A1B2C3D4");
    assert_string_equal(codec->fields[18].name, "tac");
    for (unsigned i = 0; i < codec->field_count; i++) personal += codec->fields[i].personal;
    assert_int_equal(personal, 4);                   /* card serial, PAN, inner number, driver card */
    shown.count = 0;
    codec->explain(&file, clr_bytes_text("cut off\n"), show, &shown);
    assert_int_equal(shown.count, codec->field_count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_in_order),
        cmocka_unit_test(fields_that_are_wrong),
        cmocka_unit_test(key_numbers),
        cmocka_unit_test(fields_that_are_right),
        cmocka_unit_test(a_lock_record_needs_no_trade),
        cmocka_unit_test(balances_wrap_at_32_bits),
        cmocka_unit_test(profile_switches),
        cmocka_unit_test(headers),
        cmocka_unit_test(explains_every_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
