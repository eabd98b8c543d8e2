/* test_codec_xf.c: both XF layouts, field by field, and the three findings about header and name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "codec_one.h"

#define MALFORMED REASON(MALFORMED)
#define NAME "XF2026030301000000000001234001"

/* The record of 158 bytes in order; the one of 160 has two digits more in its POS number. Offsets are of the 158. */
#define FRONT "00000001" "000000000001234"
#define BACK                                                                                                                       \
    "00000000312000001234" "01" "00" "20301231" "20200101" "20391231" "000511" "0000005001" "00001000" "00000200" "20260302081530" "06" \
    "312000000042" "A1B2C3D4" "00" "00" "0" "FFFFFF"
#define RECORD_158 FRONT "00000077" BACK
#define RECORD_160 FRONT "0000000077" BACK
#define HEADER(count, size) "XF01" count size "FFFFFFFFFFFFFFFFFFFFFFFF"

static const struct clr_codec *codec_of(unsigned size)
{
    const struct clr_codec *const codec = clr_codec_by_name(&clr_codecs, clr_bytes_text(size == 158 ? "xf158" : "xf160"));

    assert_non_null(codec);
    return codec;
}

static void decode_text(struct one *one, unsigned size, const char *text, const char *name)
{
    one_decode(one, codec_of(size), clr_bytes_text(text), &(struct drive_options){ .name = name });
}

static void check_good(const struct one *one, const char *name)
{
    one_check(one, name, &(struct want){ 0 });
    one_check_findings(one, name, 0);
    assert_int_equal(one->raw.kind, CLR_KIND_PURCHASE);
    assert_int_equal(one->raw.service, CLR_SERVICE_BUS);
    assert_int_equal(one->raw.type, 6);
    assert_int_equal(one->raw.amount_fen, 200);
    assert_int_equal(one->raw.price_fen, 200);
    assert_int_equal(one->raw.balance_fen, 1000);
    assert_int_equal(one->raw.counter, 511);
    assert_int_equal(one->raw.tac, 0xa1b2c3d4);
    assert_int_equal(one->raw.sam, 312000000042);
    assert_int_equal(one->raw.sam_serial, 5001);
    assert_int_equal(one->raw.traded_at_s, clr_time_of(2026, 3, 2, 8, 15, 30));
    assert_int_equal(one->raw.flags, CLR_FLAG_HAS_BALANCE | CLR_FLAG_HAS_TAC | CLR_FLAG_HAS_GRAY | CLR_FLAG_HAS_MONTHLY);
    one_check_text("card", one->raw.card, "00000000312000001234");
    one_check_text("unit", one->raw.unit, "000000000001234");
}

static void records_in_order(void **state)
{
    static const char *const ends[] = { "\n", "\r\n", "\n\r" };
    static struct one one;
    char text[512];

    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        snprintf(text, sizeof text, HEADER("00000001", "00000158") "%s" RECORD_158 "%s", ends[i], ends[i]);
        decode_text(&one, 158, text, NAME);
        check_good(&one, "158");
        snprintf(text, sizeof text, HEADER("00000001", "00000160") "%s" RECORD_160 "%s", ends[i], ends[i]);
        decode_text(&one, 160, text, NAME);
        check_good(&one, "160");
    }
}

static void fields_that_are_wrong(void **state)
{
    static const struct { const char *name; unsigned at; const char *text; struct want want; } cases[] = {
        { "merchant with a letter", 8, "00000000000123M", { MALFORMED, "merchant", CLR_RULE_DIGITS } },
        { "no card", 31, "                    ", { MALFORMED, "card_serial", CLR_RULE_MISSING } },
        { "card left-justified", 31, "312000001234        ", { MALFORMED, "card_serial", CLR_RULE_DIGITS } },
        { "card with a letter", 31, "0000000031200000123A", { MALFORMED, "card_serial", CLR_RULE_DIGITS } },
        { "application not begun", 63, "20260303", { REASON(CARD_EXPIRED), NULL, 0 } },
        { "application over", 71, "20260301", { REASON(CARD_EXPIRED), NULL, 0 } },
        { "application over, impossibly", 71, "20260230", { REASON(BAD_DATE), NULL, 0 } },
        { "application date with a letter", 71, "2026O301", { MALFORMED, "app_end", CLR_RULE_DIGITS } },
        { "no counter", 79, "      ", { MALFORMED, "counter", CLR_RULE_MISSING } },
        { "no PSAM serial", 85, "          ", { MALFORMED, "psam_serial", CLR_RULE_MISSING } },
        { "balance with a minus", 95, "-0001000", { REASON(SIGN), NULL, 0 } },
        { "no amount", 103, "        ", { MALFORMED, "amount", CLR_RULE_MISSING } },
        { "amount with a minus", 103, "-0000200", { REASON(SIGN), NULL, 0 } },
        { "amount with blanks in front", 103, "     200", { MALFORMED, "amount", CLR_RULE_DIGITS } },
        { "amount with a point", 103, "00002.00", { MALFORMED, "amount", CLR_RULE_DIGITS } },
        { "31 April", 111, "20260431081530", { REASON(BAD_DATE), NULL, 0 } },
        { "second 60", 111, "20260302081560", { REASON(BAD_DATE), NULL, 0 } },
        { "time of zeros", 111, "00000000000000", { REASON(BAD_DATE), NULL, 0 } },
        { "no time", 111, "              ", { MALFORMED, "time", CLR_RULE_MISSING } },
        { "time with a letter", 111, "2026030208153O", { MALFORMED, "time", CLR_RULE_DIGITS } },
        { "type of a load", 125, "02", { REASON(UNKNOWN_TYPE), NULL, 0 } },
        { "no PSAM", 127, "            ", { MALFORMED, "psam", CLR_RULE_MISSING } },
        { "no TAC", 139, "        ", { REASON(TAC_ABSENT), NULL, 0 } },
        { "TAC of a failed SAM", 139, "30303030", { REASON(TAC_ABSENT), NULL, 0 } },
        { "TAC not hexadecimal", 139, "A1B2C3DX", { MALFORMED, "tac", CLR_RULE_HEX } },
        { "gray", 147, "01", { REASON(GRAY), NULL, 0 } },
        { "gray flag nobody knows", 147, "02", { MALFORMED, "gray_flag", CLR_RULE_CODE } },
        { "monthly type nobody knows", 149, "04", { MALFORMED, "monthly_type", CLR_RULE_CODE } },
        { "control character in the reserved bytes", 152, "FF\x01", { MALFORMED, "reserved", CLR_RULE_CHARSET } },
    };
    static struct one one;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[] = HEADER("00000001", "00000158") "\n" RECORD_158 "\n";
        memcpy(text + 45 + cases[i].at, cases[i].text, strlen(cases[i].text));
        decode_text(&one, 158, text, NAME);
        one_check(&one, cases[i].name, &cases[i].want);
        if (cases[i].want.reasons == REASON(SIGN) && (one.raw.amount_fen != 200 ||
                                                      one.raw.balance_fen != 1000)) fail_msg("%s: amounts are absolute", cases[i].name);
    }
}

static void fields_that_are_right(void **state)
{
    static const struct { const char *name; unsigned at; const char *text; uint64_t reasons; unsigned flags; } cases[] = {
        { "no balance", 95, "        ", 0, CLR_FLAG_HAS_TAC },
        { "compound", 125, "09", 0, CLR_FLAG_HAS_BALANCE | CLR_FLAG_HAS_TAC },
        { "first day of the application", 63, "20260302", 0, CLR_FLAG_HAS_BALANCE | CLR_FLAG_HAS_TAC },
        { "last day of the application", 71, "20260302", 0, CLR_FLAG_HAS_BALANCE | CLR_FLAG_HAS_TAC },
        { "application without end", 71, "99991231", 0, CLR_FLAG_HAS_BALANCE | CLR_FLAG_HAS_TAC },
        { "application dates not given", 63, "0000000000000000", 0, CLR_FLAG_HAS_BALANCE | CLR_FLAG_HAS_TAC },
        { "application dates blank", 63, "                ", 0, CLR_FLAG_HAS_BALANCE | CLR_FLAG_HAS_TAC },
        { "quarterly pass", 149, "02", 0, CLR_FLAG_HAS_BALANCE | CLR_FLAG_HAS_TAC | CLR_FLAG_MONTHLY },
        { "gray without TAC", 139, "0000000001", REASON(GRAY), CLR_FLAG_HAS_BALANCE | CLR_FLAG_GRAY },
        { "display fields that are no numbers", 23, "POS-0077", 0, CLR_FLAG_HAS_BALANCE | CLR_FLAG_HAS_TAC },
    };
    static struct one one;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[] = HEADER("00000001", "00000158") "\n" RECORD_158 "\n";
        memcpy(text + 45 + cases[i].at, cases[i].text, strlen(cases[i].text));
        decode_text(&one, 158, text, NAME);
        one_check(&one, cases[i].name, &(struct want){ cases[i].reasons, NULL, 0 });
        if (one.raw.flags != (cases[i].flags | CLR_FLAG_HAS_GRAY | CLR_FLAG_HAS_MONTHLY)) fail_msg("%s: flags %x", cases[i].name,
                                                                                                   one.raw.flags);
    }
}

static void findings_are_three(void **state)
{
    enum { RECORDS = 1 << CLR_FILE_REASON_RECORDS, LENGTH = 1 << CLR_FILE_REASON_RECORD_LENGTH, FILE_NAME = 1 << CLR_FILE_REASON_FILE_NAME,
           FRAMING = 1 << CLR_FILE_REASON_FRAMING };
    static const struct { const char *name, *header, *told; unsigned findings; } cases[] = {
        { "in order, serial of 3", HEADER("00000001", "00000158"), "XF2026030301000000000001234001", 0 },
        { "in order, serial of 5", HEADER("00000001", "00000158"), "XF202603030100000000000123400001", 0 },
        { "in order, serial of 9", HEADER("00000001", "00000158"), "XF2026030301000000000001234000000001", 0 },
        { "one more than there are", HEADER("00000002", "00000158"), NAME, RECORDS },
        { "one fewer than there are", HEADER("00000000", "00000158"), NAME, RECORDS },
        { "length of the other layout", HEADER("00000001", "00000160"), NAME, LENGTH },
        { "length with its line end", HEADER("00000001", "00000159"), NAME, LENGTH },
        { "length that is no number", HEADER("00000001", "158     "), NAME, LENGTH },
        { "count that is no number", HEADER("       1", "00000158"), NAME, FRAMING },
        { "name too short", HEADER("00000001", "00000158"), "XF202603030100000000000123400", FILE_NAME },
        { "name of 31", HEADER("00000001", "00000158"), "XF20260303010000000000012340001", FILE_NAME },
        { "empty name", HEADER("00000001", "00000158"), "", FILE_NAME },
        { "name with an extension", HEADER("00000001", "00000158"), "XF2026030301000000000001234001.txt", FILE_NAME },
        { "name of another type", HEADER("00000001", "00000158"), "QS2026030301000000000001234001", FILE_NAME },
        { "name of another industry", HEADER("00000001", "00000158"), "XF2026030303000000000001234001", FILE_NAME },
        { "name with 30 February", HEADER("00000001", "00000158"), "XF2026023001000000000001234001", FILE_NAME },
        { "name with a letter in the merchant", HEADER("00000001", "00000158"), "XF20260303010000000000O1234001", FILE_NAME },
        { "all three", HEADER("00000009", "00000000"), "upload", RECORDS | LENGTH | FILE_NAME },
        { "another type of file", "GF0100000001" "00000146" "FFFFFFFFFFFFFFFFFFFFFFFF", NAME, FRAMING },
    };
    static struct one one;
    char text[512];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        snprintf(text, sizeof text, "%s\n" RECORD_158 "\n", cases[i].header);
        decode_text(&one, 158, text, cases[i].told);
        assert_int_equal(one.result.status, CLR_OK);
        assert_int_equal(one.result.records, 1);
        one_check_findings(&one, cases[i].name, cases[i].findings);
        if (one.raw.reasons != 0) fail_msg("%s: the record has reasons", cases[i].name);
    }
}

static void services_come_from_the_header(void **state)
{
    static const struct { const char *header; unsigned service; } cases[] = {
        { "XF01", CLR_SERVICE_BUS }, { "XF02", CLR_SERVICE_TAXI }, { "XF03", CLR_SERVICE_METRO }, { "XF06", CLR_SERVICE_FERRY },
        { "XF08", CLR_SERVICE_PARKING }, { "XF09", CLR_SERVICE_OTHER }, { "XF  ", CLR_SERVICE_OTHER },
    };
    static struct one one;
    char text[512];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        snprintf(text, sizeof text, "%s0000000100000158FFFFFFFFFFFFFFFFFFFFFFFF\n" RECORD_158 "\n", cases[i].header);
        decode_text(&one, 158, text, NAME);
        assert_int_equal(one.raw.service, cases[i].service);
    }
}

/* The lines decide which layout it is; the header's word only when there is no line. */
static void the_lines_choose_the_codec(void **state)
{
    static const struct { const char *name, *text, *codec; } cases[] = {
        { "158", HEADER("00000001", "00000158") "\n" RECORD_158 "\n", "xf158" },
        { "160", HEADER("00000001", "00000160") "\n" RECORD_160 "\n", "xf160" },
        { "158 that says 160", HEADER("00000001", "00000160") "\r\n" RECORD_158 "\r\n", "xf158" },
        { "160 that says 158", HEADER("00000001", "00000158") "\n\r" RECORD_160 "\n\r", "xf160" },
        { "160 that says nonsense", HEADER("00000001", "00000999") "\n" RECORD_160, "xf160" },
        { "no records, says 158", HEADER("00000000", "00000158") "\n", "xf158" },
        { "no records, says 160", HEADER("00000000", "00000160"), "xf160" },
        { "first line broken, says 160", HEADER("00000002", "00000160") "\n12\n" RECORD_160 "\n", "xf160" },
        { "another layout", HEADER("00000001", "00000146") "\n12\n", NULL },
        { "a header only by half", "XF0100000001", NULL },
        { "yz316", "1001" "0         " "316     " "                        \n", "yz316" },
        { "nothing", "", NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct clr_codec *codec = clr_codec_sniff(&clr_codecs, clr_bytes_text(cases[i].text), NAME);
        if ((codec == NULL) != (cases[i].codec == NULL) || (codec != NULL && strcmp(codec->name, cases[i].codec) != 0)) {
            fail_msg("%s: %s", cases[i].name, codec == NULL ? "not recognised" : codec->name);
        }
    }
}

static void yuan_with_decimals(void **state)
{
    static struct one one;
    char text[] = HEADER("00000001", "00000158") "\n" RECORD_158 "\n";

    (void)state;
    memcpy(text + 45 + 95, "00010.00" "00002.05", 16);
    one_decode(&one, codec_of(158), clr_bytes_text(text), &(struct drive_options){ .name = NAME, .yuan = true });
    one_check(&one, "yuan", &(struct want){ 0 });
    assert_int_equal(one.raw.amount_fen, 205);
    assert_int_equal(one.raw.balance_fen, 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_in_order),
        cmocka_unit_test(fields_that_are_wrong),
        cmocka_unit_test(fields_that_are_right),
        cmocka_unit_test(findings_are_three),
        cmocka_unit_test(services_come_from_the_header),
        cmocka_unit_test(the_lines_choose_the_codec),
        cmocka_unit_test(yuan_with_decimals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
