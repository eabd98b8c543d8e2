/* test_rules_ini.c: senders.ini and windows.ini: what they say, what they say when silent, what is refused; and globs. */
#include "rules_fixture.h"

#define KEY64 "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF"

static const struct rules_bad bad_senders[] = {
    { "key before section",  "senders.ini", "match = *\n[a]\n", 1, "match", "before the first section" },
    { "no equals sign",      "senders.ini", "[a]\nmatch = *\nformat yz316\n", 3, "", "neither" },
    { "earlier of two",      "senders.ini", "[a]\nnothing here\ncolour = red\n", 2, "", "neither" },
    { "unknown key",         "senders.ini", "[a]\n\n; note\ncolour = red\n", 4, "colour", "unknown key" },
    { "key with a blank",    "senders.ini", "[a]\nfile name = warn\n", 2, "file name", "unknown key" },
    { "section twice",       "senders.ini", "[a]\n[b]\n[a]\n", 3, "", "already" },
    { "section not closed",  "senders.ini", "[a\nmatch = *\n", 1, "", "[name]" },
    { "section and more",    "senders.ini", "[a] match\n", 1, "", "[name]" },
    { "empty section",       "senders.ini", "[]\n", 1, "", "[name]" },
    { "long section",        "senders.ini", "[12345678901234567890123456789012345678901234567890]\n", 1, "", "49" },
    { "indented section",    "senders.ini", "[a]\nmatch = *\n [b]\n", 3, "", "start of its line" },
    { "slash in a name",     "senders.ini", "[a/b]\n", 1, "", "no '/'" },
    { "dot name",            "senders.ini", "[.a]\n", 1, "", "no '/'" },
    { "key twice",           "senders.ini", "[a]\nunits = fen\nunits = yuan\n", 3, "units", "twice" },
    { "continued key",       "senders.ini", "[a]\nunits = fen\n  window = declared\n", 3, "units", "twice" },
    { "inline comment",      "senders.ini", "[a]\nunits = fen ; as always\n", 2, "", "line of its own" },
    { "unknown format",      "senders.ini", "[a]\nformat = csv\n", 2, "format", "unknown format" },
    { "unknown encoding",    "senders.ini", "[a]\nencoding = big5\n", 2, "encoding", "utf-8 gbk gb18030" },
    { "unknown units",       "senders.ini", "[a]\nunits = jiao\n", 2, "units", "fen yuan" },
    { "unknown window",      "senders.ini", "[a]\nwindow = trade\n", 2, "window", "receipt declared" },
    { "offset 2",            "senders.ini", "[a]\ncounter_offset = 2\n", 2, "counter_offset", "-1 to 1" },
    { "unknown answer",      "senders.ini", "[a]\ntac_unverified = maybe\n", 2, "tac_unverified", "accept wait" },
    { "short public key",    "senders.ini", "[a]\npublic_key = 0011\n", 2, "public_key", "64" },
    { "public key of g",     "senders.ini", "[a]\npublic_key = g0112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF\n", 2, "public_key", "64" },
    { "check neither",       "senders.ini", "[a]\ncount = ignore\n", 2, "count", "reject warn" },
    { "check twice",         "senders.ini", "[a]\nfile_name = warn\nfile-name = warn\n", 3, "file-name", "twice" },
    { "check not settable",  "senders.ini", "[a]\ntoo-large = warn\n", 2, "too-large", "unknown key" },
    { "unknown reason",      "senders.ini", "[a]\ncode.bad-mood = 9\n", 2, "code.bad-mood", "unknown reason" },
    { "code twice",          "senders.ini", "[a]\ncode.gray = 04\ncode.gray = 05\n", 3, "code.gray", "twice" },
    { "glob with a path",    "senders.ini", "[a]\nmatch = in/*.txt\n", 2, "match", "no '/'" },
    { "indented assignment", "senders.ini", "[a]\nmatch = *\n  format=yz316\n", 3, "match", "no '='" },
    { "long line",           "senders.ini", "[a]\nside = 0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
                                            "012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678\n", 2, "", "198" },
    { "GBK",                 "senders.ini", "[a]\nside = \xB5\xD8\n", 2, "", "UTF-8" },
    { "control character",   "senders.ini", "[a]\nside = a\x01\n", 2, "", "control" },
};

static const struct rules_bad bad_windows[] = {
    { "unknown product",     "windows.ini", "[tram]\n", 1, "", "unknown product" },
    { "product twice",       "windows.ini", "[transit]\n[transit]\n", 2, "", "twice" },
    { "reason twice",        "windows.ini", "[transit]\n[transit.gray]\n[transit.gray]\n", 3, "", "twice" },
    { "no such reason",      "windows.ini", "[transit]\n[transit.grey]\n", 2, "", "pending" },
    { "reason not pending",  "windows.ini", "[transit]\n[transit.malformed]\n", 2, "", "pending" },
    { "reason alone",        "windows.ini", "[transit]\n[vessel.gray]\n", 2, "", "no [vessel]" },
    { "unknown key",         "windows.ini", "[transit]\ncutoff = 24:00\n", 2, "cutoff", "unknown key" },
    { "deadline above",      "windows.ini", "[transit]\ndeadline_days = 5\n", 2, "deadline_days", "unknown key" },
    { "cut-off below",       "windows.ini", "[transit]\n[transit.gray]\ncut_off = 24:00\n", 3, "cut_off", "unknown key" },
    { "cut-off 24:01",       "windows.ini", "[transit]\ncut_off = 24:01\n", 2, "cut_off", "HH:MM" },
    { "cut-off 00:00",       "windows.ini", "[transit]\ncut_off = 00:00\n", 2, "cut_off", "HH:MM" },
    { "cut-off 12:60",       "windows.ini", "[transit]\ncut_off = 12:60\n", 2, "cut_off", "HH:MM" },
    { "cut-off 2:00",        "windows.ini", "[transit]\ncut_off = 2:00\n", 2, "cut_off", "HH:MM" },
    { "cut-off in words",    "windows.ini", "[transit]\ncut_off = night\n", 2, "cut_off", "HH:MM" },
    { "negative days",       "windows.ini", "[transit]\nlate_days = -1\n", 2, "late_days", "whole number" },
    { "late as retention",   "windows.ini", "[transit]\nretention_days = 93\nlate_days = 92\n", 3, "late_days", "at most retention_days - 2 (91)" },
    { "retention too short", "windows.ini", "[transit]\n\nretention_days = 61\n", 3, "late_days", "at most retention_days - 2 (59)" },
    { "amount 0",            "windows.ini", "[transit]\namount_max_fen = 0\n", 2, "amount_max_fen", "1 to" },
    { "unknown netting",     "windows.ini", "[transit]\nnetting = half\n", 2, "netting", "full gross-by-kind fee-gross" },
    { "key twice",           "windows.ini", "[transit]\nlate_days = 1\nlate-days = 1\n", 3, "late-days", "twice" },
    { "deadline in words",   "windows.ini", "[transit]\n[transit.gray]\ndeadline_days = soon\n", 3, "deadline_days", "whole number" },
    { "unknown end",         "windows.ini", "[transit]\n[transit.gray]\nat_deadline = forget\n", 3, "at_deadline", "reject accept" },
};

static void senders_are_refused(void **state) { (void)state; rules_refused(bad_senders, COUNT_OF(bad_senders)); }
static void windows_are_refused(void **state) { (void)state; rules_refused(bad_windows, COUNT_OF(bad_windows)); }

static struct clr_rules *with(const char *name, const char *text)
{
    const struct rules_text file = { name, text };

    return rules_of(&file, 1);
}

static void senders_say(void **state)
{
    struct clr_rules *rules = with("senders.ini",
        "\xEF\xBB\xBF; a comment\r\n[plain]\r\n\r\n[full sender]\n"
        "match = a*.txt;b*.txt  c*\n\td*\n    e* ; f*\nformat = yz316\nside = 甲方 1\nencoding = gb18030\nunits = yuan\nwindow = declared\n"
        "counter-offset = -1\ntac_unverified = wait\npublic_key = " KEY64 "\n"
        "count = warn\nfile_name = warn\nrecord-length = reject\nsame-id-other-content = warn\nencoding = warn\n"
        "code.gray = 04\ncode.tac_mismatch = 0x1;a\n");
    const struct clr_sender *plain = &rules->sender[0], *full = &rules->sender[1];

    (void)state;
    assert_int_equal(rules->sender_count, 2);
    assert_string_equal(plain->name, "plain");
    assert_string_equal(plain->match, "");
    assert_int_equal(plain->format, -1);
    assert_false(plain->encoding_given || plain->units_given || plain->units_yuan || plain->encoding_gbk || plain->tac_unverified_waits);
    assert_int_equal(plain->window, CLR_WINDOW_RECEIPT);
    for (int reason = 0; reason < CLR_FILE_REASON_COUNT; reason++) assert_int_equal(plain->check[reason], CLR_CHECK_REJECT);
    assert_string_equal(clr_rules_sender_code(rules, 0, CLR_REASON_BIT_GRAY), "");
    assert_string_equal(full->name, "full sender");
    assert_string_equal(full->match, "a*.txt b*.txt c* d* e* f*");
    assert_int_equal(full->format, CLR_FORMAT_YZ316);
    assert_string_equal(full->side, "甲方 1");
    assert_true(full->encoding_given && full->encoding_gbk && full->units_given && full->units_yuan && full->tac_unverified_waits);
    assert_int_equal(full->window, CLR_WINDOW_DECLARED);
    assert_int_equal(full->counter_offset, -1);
    assert_string_equal(full->public_key, KEY64);
    for (int reason = 0; reason < CLR_FILE_REASON_COUNT; reason++) {
        const bool warns = reason == CLR_FILE_REASON_RECORDS || reason == CLR_FILE_REASON_FILE_NAME || reason == CLR_FILE_REASON_SAME_ID || reason == CLR_FILE_REASON_ENCODING;
        assert_int_equal(full->check[reason], warns ? CLR_CHECK_WARN : CLR_CHECK_REJECT);
    }
    assert_string_equal(clr_rules_sender_code(rules, 1, CLR_REASON_BIT_GRAY), "04");
    assert_string_equal(clr_rules_sender_code(rules, 1, CLR_REASON_BIT_TAC_MISMATCH), "0x1;a");
    assert_int_equal(clr_rules_sender(rules, clr_bytes_text("full sender")), 1);
    assert_int_equal(clr_rules_sender(rules, clr_bytes_text("full")), -1);
    clr_rules_destroy(rules);
}

static void windows_say(void **state)
{
    struct clr_rules *rules = with("windows.ini",
        "[transit.no_unit]\ndeadline_days = 3\nat_deadline = accept\n[transit]\ncut_off = 02:30\nlate_days = 91\nretention_days = 93\nsettle_days = 2\nfuture_minutes = 5\n"
        "twin-minutes = 1440\namount_max_fen = 100000000000\nnetting = fee-gross\n[transit.gray]\ndeadline_days = none\n[transit.refund-without-original]\nat_deadline = accept\n");
    const struct clr_product_rules *transit = &rules->product[CLR_PRODUCT_TRANSIT];

    (void)state;
    assert_true(transit->present);
    assert_false(rules->product[CLR_PRODUCT_VESSEL].present);
    assert_int_equal(transit->cut_off_s, 9000);
    assert_int_equal(transit->late_days, 91);
    assert_int_equal(transit->settle_days, 2);
    assert_int_equal(transit->future_s, 300);
    assert_int_equal(transit->twin_s, 86400);
    assert_true(transit->amount_max_fen == CLR_RECORD_FEN_MAX);
    assert_string_equal(transit->netting, "fee-gross");
    assert_int_equal(transit->deadline_days[CLR_REASON_BIT_GRAY], -1);
    assert_int_equal(transit->deadline_days[CLR_REASON_BIT_NO_UNIT], 3);
    assert_true(transit->accept_at_deadline[CLR_REASON_BIT_NO_UNIT]);
    assert_int_equal(transit->deadline_days[CLR_REASON_BIT_REFUND_WITHOUT_ORIGINAL], 93);
    assert_true(transit->accept_at_deadline[CLR_REASON_BIT_REFUND_WITHOUT_ORIGINAL]);
    clr_rules_destroy(rules);
}

/* Clearing rules 2 and 3: what holds when the file says nothing. */
static void windows_are_silent(void **state)
{
    struct clr_rules *rules = with("windows.ini", "[transit]\n[vessel]\n");
    const struct clr_product_rules *transit = &rules->product[CLR_PRODUCT_TRANSIT], *vessel = &rules->product[CLR_PRODUCT_VESSEL];

    (void)state;
    assert_true(transit->present && vessel->present);
    assert_int_equal(transit->cut_off_s, 86400);
    assert_int_equal(transit->late_days, 60);
    assert_int_equal(transit->retention_days, 93);
    assert_int_equal(vessel->retention_days, 731);
    assert_true(vessel->late_days <= vessel->retention_days - 2);
    assert_int_equal(transit->settle_days, 1);
    assert_int_equal(transit->future_s, 600);
    assert_int_equal(transit->twin_s, 600);
    assert_true(transit->amount_max_fen == INT64_MAX);
    assert_string_equal(transit->netting, "full");
    for (int reason = 0; reason < CLR_REASON_COUNT; reason++) {
        const int want = reason == CLR_REASON_BIT_GRAY ? 5 : reason == CLR_REASON_BIT_UNKNOWN_PARTICIPANT ? 30 : reason == CLR_REASON_BIT_REFUND_WITHOUT_ORIGINAL ? 93 : -1;
        assert_int_equal(transit->deadline_days[reason], want);
        assert_false(transit->accept_at_deadline[reason]);
    }
    clr_rules_destroy(rules);
}

/* Whose file is it: senders a, b… in this order, each with the globs of its row. */
static void globs_find_the_sender(void **state)
{
    static const char senders[] =
        "[any]\nmatch = *\n[txt]\nmatch = *.txt\n[bus]\nmatch = bus-*.txt\n[bus2]\nmatch = bus-*.txt ?us-a*\n[yz]\nmatch = bus-*.txt\nformat = yz316\n"
        "[none]\n[zh]\nmatch = 公?-*\n[stars]\nmatch = x*a*b*c\n[exact]\nmatch = [1].dat\n";
    static const struct { const char *name, *file; int format; const char *want; } cases[] = {
        { "nothing else",             "readme",        -1, "any" },
        { "empty name",               "",              -1, "any" },
        { "longer literal",           "a.txt",         -1, "txt" },
        { "file order breaks a tie",  "bus-1.txt",     -1, "bus" },
        { "second glob of a sender",  "bus-a",         -1, "bus2" },
        { "format takes part",        "bus-1.txt", CLR_FORMAT_YZ316, "bus" },
        { "other format passed over", "bus-1.txt", CLR_FORMAT_MOVES, "bus" },
        { "one character is UTF-8",   "公交-1",         -1, "zh" },
        { "not two characters",       "公共交-1",       -1, "any" },
        { "stars go back",            "xababcc",       -1, "stars" },
        { "stars need their end",     "xababcd",       -1, "any" },
        { "brackets are letters",     "[1].dat",       -1, "exact" },
        { "and no class",             "1.dat",         -1, "any" },
        { "case counts",              "A.TXT",         -1, "any" },
        { "dots are dots",            "atxt",          -1, "any" },
    };
    struct clr_rules *rules = with("senders.ini", senders);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const int found = clr_rules_sender_match(rules, cases[i].file, cases[i].format);
        if (found < 0 || strcmp(rules->sender[found].name, cases[i].want) != 0) fail_msg("%s: %s", cases[i].name, found < 0 ? "none" : rules->sender[found].name);
    }
    clr_rules_destroy(rules);
    rules = with("senders.ini", "[yz]\nmatch = *.txt\nformat = yz316\n");
    assert_int_equal(clr_rules_sender_match(rules, "a.txt", CLR_FORMAT_MOVES), -1);
    assert_int_equal(clr_rules_sender_match(rules, "a.txt", CLR_FORMAT_YZ316), 0);
    assert_int_equal(clr_rules_sender_match(rules, "a.csv", CLR_FORMAT_YZ316), -1);
    clr_rules_destroy(rules);
}

/* Thousands of one-letter globs, a line each: the shortest lines that are kept twice, as the list and as globs. */
static void long_lists_fit(void **state)
{
    static char text[64000];
    size_t used = 0;

    (void)state;
    for (unsigned sender = 0; sender < 8; sender++) {
        used += (size_t)sprintf(text + used, "[%u]\nmatch=x\n", sender);
        for (unsigned i = 0; i < 2000; i++) used += (size_t)sprintf(text + used, " %c\n", 'a' + (char)sender);
    }
    assert_true(used < sizeof text);
    struct clr_rules *rules = with("senders.ini", text);
    assert_int_equal(clr_rules_sender_match(rules, "h", -1), 7);
    assert_int_equal(strlen(rules->sender[7].match), 4001);
    clr_rules_destroy(rules);
    used += (size_t)sprintf(text + used, "[more]\nmatch = x\n");
    for (unsigned i = 0; i < 5000; i++) used += (size_t)sprintf(text + used, " y\n");
    const struct rules_bad bad = { "a list too long", "senders.ini", text, 8 * 2002 + 2 + 4096, "match", "too long" };
    rules_refused(&bad, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(senders_are_refused),
        cmocka_unit_test(windows_are_refused),
        cmocka_unit_test(senders_say),
        cmocka_unit_test(windows_say),
        cmocka_unit_test(windows_are_silent),
        cmocka_unit_test(globs_find_the_sender),
        cmocka_unit_test(long_lists_fit),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
