/* test_rules_find.c: what a loaded folder answers: codes, aliases, card prefixes, fees, members, centres, days. */
#include "rules_fixture.h"

#define TRANSIT CLR_PRODUCT_TRANSIT

static struct clr_rules *with(const char *name, const char *text)
{
    const struct rules_text file = { name, text };

    return rules_of(&file, 1);
}

static const char *code_of(const struct clr_rules *rules, int row)
{
    return row < 0 ? "" : rules->participant[row].code;
}

static void participants_by_code_and_day(void **state)
{
    struct clr_rules *rules = with("participants.csv", PARTICIPANTS_HEAD
        "x,issuer,transit,r1,,,acc1,,甲,,,2025-01-01,2025-12-31\ny,issuer,*,,x,,,,,Ypsilon,,,\nx,issuer,transit,r2,,,acc2,bank 2,乙,,,2026-02-01,\nz,owner,toll,,,,,,,,,,\n");

    (void)state;
    assert_int_equal(rules->participant_count, 4);
    assert_int_equal(clr_rules_participant(rules, clr_bytes_text("x"), rules_day("2025-01-01")), 0);
    assert_int_equal(clr_rules_participant(rules, clr_bytes_text("x"), rules_day("2025-12-31")), 0);
    assert_int_equal(clr_rules_participant(rules, clr_bytes_text("x"), rules_day("2026-02-01")), 2);
    assert_int_equal(clr_rules_participant(rules, clr_bytes_text("x"), rules_day("2024-12-31")), -1);
    assert_int_equal(clr_rules_participant(rules, clr_bytes_text("x"), rules_day("2026-01-15")), -1);
    assert_int_equal(clr_rules_participant(rules, clr_bytes_text("x"), CLR_DAY_NONE), 2);
    assert_int_equal(clr_rules_participant(rules, clr_bytes_text("y"), rules_day("1900-01-01")), 1);
    assert_int_equal(clr_rules_participant(rules, clr_bytes_text("X"), CLR_DAY_NONE), -1);
    assert_int_equal(clr_rules_participant(rules, clr_bytes_text(""), CLR_DAY_NONE), -1);
    assert_string_equal(rules->participant[2].account, "acc2");
    assert_string_equal(rules->participant[2].bank, "bank 2");
    assert_string_equal(rules->participant[2].region, "r2");
    assert_string_equal(rules->participant[2].name_en, "乙");
    assert_string_equal(rules->participant[1].name_zh, "Ypsilon");
    assert_string_equal(rules->participant[3].name_zh, "z");
    assert_string_equal(rules->participant[3].name_en, "z");
    assert_int_equal(rules->participant[1].product, -1);
    assert_int_equal(rules->participant[1].parent, 0);
    assert_int_equal(rules->participant[1].settles_via, -1);
    assert_true(rules->participant[1].valid_from == CLR_DAY_NONE && rules->participant[1].valid_to == INT32_MAX);
    clr_rules_destroy(rules);
}

static void aliases_name_one(void **state)
{
    static const char participants[] = PARTICIPANTS_HEAD
        "card,issuer,transit,,,,,,,,yz316.city:3120,,\n"
        "bus,acquirer,transit,,,,,,,,yz316.city:3120;yz316.unit:3120*;szt-csv.company:地铁五号线,,\n"
        "tram,owner,transit,,,,,,,,yz316.unit:312004*,,\n"
        "ferry,agency,transit,,,,,,,,yz316.unit:31200601,2026-01-01,\n"
        "old,acquirer,transit,,,,,,,,yz316.unit:31200601,,2025-12-31\n"
        "lock,owner,vessel,,,,,,,,yz316.unit:9*,,\n"
        "all,acquirer,*,,,,,,,,yz316.station:*,,\n"
        "hub,centre,transit,,,,,,,,moves.provider:hub,,\n";
    static const struct { const char *name; enum clr_role role; enum clr_product product; enum clr_format format; const char *field, *value, *day, *want; } cases[] = {
        { "issuer of a city",      CLR_ROLE_ISSUER,   TRANSIT, CLR_FORMAT_YZ316, "city", "3120", "2026-03-03", "card" },
        { "acquirer of a city",    CLR_ROLE_ACQUIRER, TRANSIT, CLR_FORMAT_YZ316, "city", "3120", "2026-03-03", "bus" },
        { "owners accept cards",   CLR_ROLE_OWNER,    TRANSIT, CLR_FORMAT_YZ316, "city", "3120", "2026-03-03", "bus" },
        { "another format",        CLR_ROLE_ISSUER,   TRANSIT, CLR_FORMAT_XF158, "city", "3120", "2026-03-03", "" },
        { "another field",         CLR_ROLE_ISSUER,   TRANSIT, CLR_FORMAT_YZ316, "network", "3120", "2026-03-03", "" },
        { "no such field",         CLR_ROLE_ISSUER,   TRANSIT, CLR_FORMAT_YZ316, "cit", "3120", "2026-03-03", "" },
        { "field of no letter",    CLR_ROLE_ISSUER,   TRANSIT, CLR_FORMAT_YZ316, "", "3120", "2026-03-03", "" },
        { "blanks around",         CLR_ROLE_ISSUER,   TRANSIT, CLR_FORMAT_YZ316, "city", " 3120  ", "2026-03-03", "card" },
        { "longer value",          CLR_ROLE_ISSUER,   TRANSIT, CLR_FORMAT_YZ316, "city", "31200", "2026-03-03", "" },
        { "shorter value",         CLR_ROLE_ISSUER,   TRANSIT, CLR_FORMAT_YZ316, "city", "312", "2026-03-03", "" },
        { "prefix",                CLR_ROLE_ACQUIRER, TRANSIT, CLR_FORMAT_YZ316, "unit", "31200199", "2026-03-03", "bus" },
        { "prefix itself",         CLR_ROLE_ACQUIRER, TRANSIT, CLR_FORMAT_YZ316, "unit", "3120", "2026-03-03", "bus" },
        { "longer prefix",         CLR_ROLE_ACQUIRER, TRANSIT, CLR_FORMAT_YZ316, "unit", "31200499", "2026-03-03", "tram" },
        { "exact before prefix",   CLR_ROLE_ACQUIRER, TRANSIT, CLR_FORMAT_YZ316, "unit", "31200601", "2026-03-03", "ferry" },
        { "exact of the day",      CLR_ROLE_ACQUIRER, TRANSIT, CLR_FORMAT_YZ316, "unit", "31200601", "2025-12-31", "old" },
        { "any day",               CLR_ROLE_ACQUIRER, TRANSIT, CLR_FORMAT_YZ316, "unit", "31200601", "", "ferry" },
        { "another product",       CLR_ROLE_ACQUIRER, TRANSIT, CLR_FORMAT_YZ316, "unit", "9", "2026-03-03", "" },
        { "its product",           CLR_ROLE_ACQUIRER, CLR_PRODUCT_VESSEL, CLR_FORMAT_YZ316, "unit", "9", "2026-03-03", "lock" },
        { "empty prefix",          CLR_ROLE_ACQUIRER, CLR_PRODUCT_TOLL, CLR_FORMAT_YZ316, "station", "anything", "2026-03-03", "all" },
        { "no value is nobody",    CLR_ROLE_ACQUIRER, TRANSIT, CLR_FORMAT_YZ316, "station", "  ", "2026-03-03", "" },
        { "Chinese",               CLR_ROLE_ACQUIRER, TRANSIT, CLR_FORMAT_SZT_CSV, "company", "地铁五号线", "2018-09-01", "bus" },
        { "half of it",            CLR_ROLE_ACQUIRER, TRANSIT, CLR_FORMAT_SZT_CSV, "company", "地铁五号", "2018-09-01", "" },
        { "the centre",            CLR_ROLE_CENTRE,   TRANSIT, CLR_FORMAT_MOVES, "provider", "hub", "2018-09-01", "hub" },
        { "is no acquirer",        CLR_ROLE_ACQUIRER, TRANSIT, CLR_FORMAT_MOVES, "provider", "hub", "2018-09-01", "" },
    };
    struct clr_rules *rules = with("participants.csv", participants);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const clr_day day = rules_day(cases[i].day);
        const int found = clr_rules_alias(rules, cases[i].role, cases[i].product, cases[i].format, cases[i].field, clr_bytes_text(cases[i].value), day);
        if (strcmp(code_of(rules, found), cases[i].want) != 0) fail_msg("%s: '%s'", cases[i].name, code_of(rules, found));
    }
    clr_rules_destroy(rules);
}

static void cards_by_longest_prefix(void **state)
{
    static const struct rules_text files[] = {
        { "participants.csv", PARTICIPANTS_HEAD "a,issuer,transit,,,,,,,,,,\nb,issuer,transit,,,,,,,,,,\nc,issuer,transit,,,,,,,,,2026-01-01,\nd,issuer,*,,,,,,,,,,\n" },
        { "cards.csv", "product,format,prefix,length,issuer,valid_from,valid_to\n"
          "transit,yz316,31,,a,,\ntransit,yz316,3120,,b,,\ntransit,yz316,3120,19,a,,\ntransit,*,,,d,,\ntransit,yz316,3199,,c,,\n"
          "transit,yz316,32,,a,,2025-12-31\ntransit,yz316,32,,b,2026-01-01,\ntransit,*,33,,a,,\n*,*,33,,b,,\ntransit,yz316,33,,d,,\n*,*,33,5,a,,\nvessel,yz316,7,,d,,\n" },
    };
    static const struct { const char *name; enum clr_product product; enum clr_format format; const char *number, *day, *want; } cases[] = {
        { "short prefix",              TRANSIT, CLR_FORMAT_YZ316, "3100", "2026-03-03", "a" },
        { "long prefix",               TRANSIT, CLR_FORMAT_YZ316, "3120000", "2026-03-03", "b" },
        { "the number is the prefix",  TRANSIT, CLR_FORMAT_YZ316, "3120", "2026-03-03", "b" },
        { "length counts",             TRANSIT, CLR_FORMAT_YZ316, "3120123456789012345", "2026-03-03", "a" },
        { "blanks do not",             TRANSIT, CLR_FORMAT_YZ316, " 3120123456789012345 ", "2026-03-03", "a" },
        { "default",                   TRANSIT, CLR_FORMAT_YZ316, "99", "2026-03-03", "d" },
        { "default of a format",       TRANSIT, CLR_FORMAT_SZT_CSV, "CBHGDEEJB", "2026-03-03", "d" },
        { "no number",                 TRANSIT, CLR_FORMAT_YZ316, "   ", "2026-03-03", "" },
        { "old owner of a prefix",     TRANSIT, CLR_FORMAT_YZ316, "3201", "2025-12-31", "a" },
        { "new owner of a prefix",     TRANSIT, CLR_FORMAT_YZ316, "3201", "2026-01-01", "b" },
        { "issuer there",              TRANSIT, CLR_FORMAT_YZ316, "3199", "2026-01-01", "c" },
        { "issuer not there: nobody",  TRANSIT, CLR_FORMAT_YZ316, "3199", "2025-12-31", "" },
        { "named format first",        TRANSIT, CLR_FORMAT_YZ316, "3300", "2026-03-03", "d" },
        { "named product next",        TRANSIT, CLR_FORMAT_XF158, "3300", "2026-03-03", "a" },
        { "any product last",          CLR_PRODUCT_TOLL, CLR_FORMAT_XF158, "3300", "2026-03-03", "b" },
        { "length before both",        TRANSIT, CLR_FORMAT_YZ316, "33000", "2026-03-03", "a" },
        { "another product",           CLR_PRODUCT_VESSEL, CLR_FORMAT_YZ316, "31", "2026-03-03", "" },
        { "its own",                   CLR_PRODUCT_VESSEL, CLR_FORMAT_YZ316, "71", "2026-03-03", "d" },
    };
    struct clr_rules *rules = rules_of(files, COUNT_OF(files));

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const int found = clr_rules_card_issuer(rules, cases[i].product, cases[i].format, clr_bytes_text(cases[i].number), rules_day(cases[i].day));
        if (strcmp(code_of(rules, found), cases[i].want) != 0) fail_msg("%s: '%s'", cases[i].name, code_of(rules, found));
    }
    assert_true(clr_rules_has_cards(rules, CLR_PRODUCT_TOLL, CLR_FORMAT_XF160));
    clr_rules_destroy(rules);
    rules = with("cards.csv", "product,format,issuer\ntransit,yz316,card\n");
    assert_true(clr_rules_has_cards(rules, TRANSIT, CLR_FORMAT_YZ316));
    assert_false(clr_rules_has_cards(rules, TRANSIT, CLR_FORMAT_XF160));
    assert_false(clr_rules_has_cards(rules, CLR_PRODUCT_VESSEL, CLR_FORMAT_YZ316));
    clr_rules_destroy(rules);
}

/* Clearing rules 5: acquirer, then issuer, then service, then kind. Rows are 2.. of fees.csv; the want is the row. */
static void fees_by_specificity(void **state)
{
    static const struct rules_text files[] = {
        { "participants.csv", PARTICIPANTS_HEAD "hub,centre,transit,,,,,,,,,,\ni1,issuer,transit,,,,,,,,,,\ni2,issuer,transit,,,,,,,,,,\na1,acquirer,transit,,,,,,,,,,2025-12-31\n"
          "a1,acquirer,transit,,,,,,,,,2026-01-01,\na2,agency,transit,,,,,,,,,,\na3,owner,transit,,,,,,,,,,\n" },
        { "fees.csv", "product,service,kind,issuer,acquirer,payer,on,basis,rate_ppm,fixed_fen,min_fen,max_fen,issuer_share_ppm,centre_share_ppm,refund,valid_from,valid_to\n"
          "transit,*,*,*,*,acquirer,amount,txn,1,,,,,,,,2026-06-30\n"               /* 0 */
          "transit,*,purchase,*,*,acquirer,,,2,,,,,,,,2026-06-30\n"                 /* 1: kind */
          "transit,bus,*,*,*,acquirer,,,3,,,,,,,,2026-06-30\n"                      /* 2: service */
          "transit,bus,purchase,*,*,acquirer,,,4,,,,,,,,2026-06-30\n"               /* 3: service and kind */
          "transit,*,*,i1,*,issuer,,,5,,,,,,,,2026-06-30\n"                         /* 4: issuer */
          "transit,*,load,i1,*,issuer,,,6,,,,,,,,2026-06-30\n"                      /* 5 */
          "transit,*,*,*,a1,hub,discount,total,7,8,9,10,11,12,keep,,2026-06-30\n"   /* 6: acquirer */
          "transit,metro,*,*,a1,acquirer,,,8,,,,,,,,2026-06-30\n"                   /* 7 */
          "transit,*,*,i1,a1,acquirer,,,9,,,,,,,2026-03-01,2026-03-31\n"            /* 8: both, in March */
          "transit,taxi,*,*,*,acquirer,count,txn,,2,,,,,return,,\n" },              /* 9: without end */
    };
    static const struct { const char *name; enum clr_service service; enum clr_kind kind; const char *issuer, *acquirer, *day; uint16_t want; } cases[] = {
        { "nothing special",            CLR_SERVICE_TRAM,  CLR_KIND_LOAD,     "i2", "a2", "2026-03-03", 0 },
        { "kind",                       CLR_SERVICE_TRAM,  CLR_KIND_PURCHASE, "i2", "a2", "2026-03-03", 1 },
        { "service before kind",        CLR_SERVICE_BUS,   CLR_KIND_LOAD,     "i2", "a2", "2026-03-03", 2 },
        { "service and kind",           CLR_SERVICE_BUS,   CLR_KIND_PURCHASE, "i2", "a2", "2026-03-03", 3 },
        { "issuer before service",      CLR_SERVICE_BUS,   CLR_KIND_PURCHASE, "i1", "a2", "2026-03-03", 4 },
        { "issuer and kind",            CLR_SERVICE_BUS,   CLR_KIND_LOAD,     "i1", "a2", "2026-03-03", 5 },
        { "acquirer before issuer",     CLR_SERVICE_BUS,   CLR_KIND_PURCHASE, "i1", "a1", "2026-02-28", 6 },
        { "acquirer and service",       CLR_SERVICE_METRO, CLR_KIND_PURCHASE, "i2", "a1", "2026-02-28", 7 },
        { "both before service",        CLR_SERVICE_METRO, CLR_KIND_PURCHASE, "i1", "a1", "2026-03-31", 8 },
        { "both, a day later",          CLR_SERVICE_METRO, CLR_KIND_PURCHASE, "i1", "a1", "2026-04-01", 7 },
        { "both, a day before",         CLR_SERVICE_METRO, CLR_KIND_PURCHASE, "i1", "a1", "2026-02-28", 7 },
        { "the code, not the row",      CLR_SERVICE_BUS,   CLR_KIND_PURCHASE, "i2", "a1", "2025-03-03", 6 },
        { "no acquirer known",          CLR_SERVICE_BUS,   CLR_KIND_PURCHASE, "i1", "",   "2026-03-03", 4 },
        { "nobody known",               CLR_SERVICE_BUS,   CLR_KIND_PURCHASE, "",   "",   "2026-03-03", 3 },
        { "ended",                      CLR_SERVICE_BUS,   CLR_KIND_PURCHASE, "i1", "a1", "2026-07-01", CLR_FEE_NONE },
        { "not ended",                  CLR_SERVICE_TAXI,  CLR_KIND_PURCHASE, "i1", "a1", "2026-07-01", 9 },
    };
    struct clr_rules *rules = rules_of(files, COUNT_OF(files));
    const struct clr_fee_row *row = &rules->fee[6];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const clr_day day = rules_day(cases[i].day);
        const int issuer = clr_rules_participant(rules, clr_bytes_text(cases[i].issuer), day), acquirer = clr_rules_participant(rules, clr_bytes_text(cases[i].acquirer), day);
        const uint16_t found = clr_rules_fee(rules, TRANSIT, cases[i].service, cases[i].kind, issuer, acquirer, day);
        if (found != cases[i].want) fail_msg("%s: %u", cases[i].name, found);
    }
    assert_int_equal(clr_rules_fee(rules, CLR_PRODUCT_TOLL, CLR_SERVICE_TAXI, CLR_KIND_PURCHASE, -1, -1, rules_day("2026-03-03")), CLR_FEE_NONE);
    assert_true(row->payer == rules_row(rules, "hub") && row->on == CLR_FEE_ON_DISCOUNT && row->total && row->keep_on_refund && row->rate_ppm == 7 && row->fixed_fen == 8
                && row->min_fen == 9 && row->max_fen == 10 && row->issuer_share_ppm == 11 && row->centre_share_ppm == 12 && row->issuer == -1 && row->service == -1);
    row = &rules->fee[0];
    assert_true(row->payer == CLR_FEE_PAYER_ACQUIRER && row->on == CLR_FEE_ON_AMOUNT && !row->total && !row->keep_on_refund && row->fixed_fen == 0 && row->min_fen == 0 && row->max_fen == INT64_MAX);
    assert_true(rules->fee[4].payer == CLR_FEE_PAYER_ISSUER && rules->fee[9].on == CLR_FEE_ON_COUNT && rules->fee[9].max_fen == INT64_MAX);
    clr_rules_destroy(rules);
}

/* Tables with rows of one class only, and the one contest that the table above leaves open. */
static void fees_of_few_rows(void **state)
{
    static const char head[] = "product,service,kind,issuer,acquirer,payer\n";
    static const struct { const char *name, *rows; uint16_t bus, other_bus; } cases[] = {
        { "acquirer only",       "transit,*,*,*,bus,acquirer\n", 0, CLR_FEE_NONE },
        { "issuer only",         "transit,*,*,card,*,acquirer\n", 0, 0 },
        { "both only",           "transit,*,*,card,bus,acquirer\n", 0, CLR_FEE_NONE },
        { "service before kind", "transit,*,purchase,*,*,acquirer\ntransit,bus,*,*,*,acquirer\n", 1, 1 },
        { "acquirer first",      "transit,*,*,card,*,acquirer\ntransit,*,*,*,bus,acquirer\n", 1, 0 },
        { "no row",              "", CLR_FEE_NONE, CLR_FEE_NONE },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char text[256];
        const struct rules_text files[] = { { "fees.csv", text }, { "participants.csv", PARTICIPANTS "other,acquirer,transit,,,,,,,,,,\n" } };

        snprintf(text, sizeof text, "%s%s", head, cases[i].rows);
        struct clr_rules *rules = rules_of(files, COUNT_OF(files));
        const int card = rules_row(rules, "card"), bus = rules_row(rules, "bus"), other = rules_row(rules, "other");
        if (clr_rules_fee(rules, TRANSIT, CLR_SERVICE_BUS, CLR_KIND_PURCHASE, card, bus, 0) != cases[i].bus) fail_msg("%s: bus", cases[i].name);
        if (clr_rules_fee(rules, TRANSIT, CLR_SERVICE_BUS, CLR_KIND_PURCHASE, card, other, 0) != cases[i].other_bus) fail_msg("%s: other", cases[i].name);
        clr_rules_destroy(rules);
    }
}

static void members_by_day(void **state)
{
    struct clr_rules *rules = with("participants.csv", PARTICIPANTS_HEAD
        "a,acquirer,transit,,,b,,,,,,,2025-12-31\na,acquirer,transit,,,,,,,,,2026-01-01,2026-06-30\nb,acquirer,transit,,,c,,,,,,,\nc,acquirer,transit,,,,,,,,,,\n");
    const clr_day old = rules_day("2025-12-31"), new = rules_day("2026-01-01"), later = rules_day("2026-07-01");

    (void)state;
    assert_int_equal(clr_rules_member(rules, 0, old), 3);
    assert_int_equal(clr_rules_member(rules, 1, old), 3);                    /* the row of the day, whichever row was meant */
    assert_int_equal(clr_rules_member(rules, 0, new), 1);
    assert_int_equal(clr_rules_member(rules, 2, new), 3);
    assert_int_equal(clr_rules_member(rules, 3, new), 3);
    assert_int_equal(clr_rules_member(rules, 1, later), 1);                  /* gone, but its money still settles */
    assert_int_equal(clr_rules_member(rules, 0, later), 3);
    clr_rules_destroy(rules);
}

static void centres_by_product_and_day(void **state)
{
    struct clr_rules *rules = with("participants.csv", PARTICIPANTS_HEAD
        "old,centre,transit,,,,,,,,,,2025-12-31\nnew,centre,transit,,,,,,,,,2026-02-01,\nship,centre,vessel,,,,,,,,,,\nx,issuer,transit,,,,,,,,,,\n");

    (void)state;
    assert_int_equal(clr_rules_centre(rules, TRANSIT, rules_day("2025-12-31")), 0);
    assert_int_equal(clr_rules_centre(rules, TRANSIT, rules_day("2026-01-15")), -1);
    assert_int_equal(clr_rules_centre(rules, TRANSIT, rules_day("2026-02-01")), 1);
    assert_int_equal(clr_rules_centre(rules, CLR_PRODUCT_VESSEL, rules_day("2026-01-15")), 2);
    assert_int_equal(clr_rules_centre(rules, CLR_PRODUCT_TOLL, rules_day("2026-01-15")), -1);
    clr_rules_destroy(rules);
    rules = with("participants.csv", PARTICIPANTS_HEAD "hub,centre,*,,,,,,,,,,\n");
    for (int product = 0; product < CLR_PRODUCT_COUNT; product++) assert_int_equal(clr_rules_centre(rules, (enum clr_product)product, 0), 0);
    clr_rules_destroy(rules);
}

static void days_and_windows(void **state)
{
    static const struct rules_text files[] = {
        { "calendar.csv", "kind,date\nclosed,2026-10-01\nclosed,2026-10-02\nclosed,2026-10-05\nclosed,2026-10-06\nclosed,2026-10-07\nbank,2026-10-10\nbank,2026-09-20\n" },
        { "windows.ini", "[transit]\n[vessel]\ncut_off = 02:00\nsettle_days = 0\n[toll]\ncut_off = 12:00\nsettle_days = 3\n" },
    };
    static const struct { const char *day; bool bank; } banks[] = {
        { "2026-09-20", true }, { "2026-09-27", false }, { "2026-09-30", true }, { "2026-10-01", false }, { "2026-10-03", false }, { "2026-10-08", true },
        { "2026-10-10", true }, { "2026-10-11", false }, { "1999-12-31", true }, { "2000-01-01", false }, { "2100-01-01", true },
    };
    static const struct { enum clr_product product; const char *day, *want; } settles[] = {
        { TRANSIT, "2026-09-30", "2026-10-08" }, { TRANSIT, "2026-10-07", "2026-10-08" }, { TRANSIT, "2026-10-09", "2026-10-10" }, { TRANSIT, "2026-10-10", "2026-10-12" },
        { TRANSIT, "2026-11-06", "2026-11-09" }, { CLR_PRODUCT_VESSEL, "2026-09-30", "2026-09-30" }, { CLR_PRODUCT_VESSEL, "2026-10-01", "2026-10-08" },
        { CLR_PRODUCT_TOLL, "2026-09-30", "2026-10-10" }, { CLR_PRODUCT_TOLL, "2026-09-29", "2026-10-09" },
    };
    static const struct { enum clr_product product; const char *stamp, *want; } receipts[] = {
        { TRANSIT, "2026-03-03T00:00:00+08:00", "2026-03-03" }, { TRANSIT, "2026-03-03T23:59:59+08:00", "2026-03-03" }, { TRANSIT, "2026-03-04T00:00:00+08:00", "2026-03-04" },
        { TRANSIT, "2026-03-03T16:00:00Z", "2026-03-04" }, { TRANSIT, "1969-12-31T12:00:00+08:00", "1969-12-31" },
        { CLR_PRODUCT_VESSEL, "2026-03-03T01:59:59+08:00", "2026-03-03" }, { CLR_PRODUCT_VESSEL, "2026-03-03T02:00:00+08:00", "2026-03-04" },
        { CLR_PRODUCT_TOLL, "2026-03-03T11:59:59+08:00", "2026-03-03" }, { CLR_PRODUCT_TOLL, "2026-03-03T12:00:00+08:00", "2026-03-04" },
    };
    struct clr_rules *rules = rules_of(files, COUNT_OF(files));
    char text[CLR_DAY_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(banks); i++) {
        if (clr_rules_bank_day(rules, rules_day(banks[i].day)) != banks[i].bank) fail_msg("%s", banks[i].day);
    }
    for (size_t i = 0; i < COUNT_OF(settles); i++) {
        const clr_day day = clr_rules_settlement_day(rules, settles[i].product, rules_day(settles[i].day));
        if (day != rules_day(settles[i].want)) fail_msg("%s settles %s", settles[i].day, clr_day_text(day, text));
    }
    for (size_t i = 0; i < COUNT_OF(receipts); i++) {
        const clr_day day = clr_rules_receipt_window(rules, receipts[i].product, clr_time_parse(clr_bytes_text(receipts[i].stamp)));
        if (day != rules_day(receipts[i].want)) fail_msg("%s belongs to %s", receipts[i].stamp, clr_day_text(day, text));
    }
    clr_rules_destroy(rules);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(participants_by_code_and_day),
        cmocka_unit_test(aliases_name_one),
        cmocka_unit_test(cards_by_longest_prefix),
        cmocka_unit_test(fees_by_specificity),
        cmocka_unit_test(fees_of_few_rows),
        cmocka_unit_test(members_by_day),
        cmocka_unit_test(centres_by_product_and_day),
        cmocka_unit_test(days_and_windows),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
