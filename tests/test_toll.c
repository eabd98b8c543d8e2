/* test_toll.c: who owns a unit, who is owed which part of a toll, what refunds take back. */
#include "rules_fixture.h"

#include "clear/toll.h"
#include "model/rules_split.h"

#define EXIT CLR_FORMAT_SDEXIT
#define INCOMPLETE CLR_REASON_MASK(SPLIT_INCOMPLETE)
#define UNKNOWN CLR_REASON_MASK(UNKNOWN_PARTICIPANT)

static const char participants[] = PARTICIPANTS_HEAD
    "hub,centre,toll,370000,,,,,中心,Hub,,,\n"
    "card,issuer,toll,,,,,,发卡,Card,,,\n"
    "north,owner,toll,,,,,,北段,North,sdexit.station:G0001,,\n"
    "south,owner,toll,,,,,,南段,South,sdexit.station:G0002,,\n"
    "old,owner,toll,,,,,,旧业主,Old,,,2025-12-31\n"
    "province:32,owner,toll,,,,,,江苏,Jiangsu,,,\n"
    "province:11,owner,toll,,,,,,北京,Beijing,,2026-02-01,\n";
static const char splits[] =
    "unit,section,owner,valid_from,valid_to\n"
    "n1,N,north,,\nn2,N,north,,\ns1,S,south,,\n"
    "m1,M,north,,2026-02-28\nm1,S,south,2026-03-01,\n"
    "o1,O,old,,\n"
    "G001537008002210ABCDEFGH,L,south,,\n";
static const char fees[] =
    "product,service,kind,issuer,acquirer,payer,on,basis,rate_ppm,fixed_fen,min_fen,max_fen,issuer_share_ppm,centre_share_ppm,refund,valid_from,valid_to\n"
    "toll,*,*,*,north,acquirer,amount,txn,3000,0,,,500000,500000,return,,\n"
    "toll,*,*,*,province:32,acquirer,count,txn,0,5,,,0,1000000,keep,,\n";

static struct clr_rules *toll_rules(const char *windows)
{
    const struct rules_text file[] = {
        { "participants.csv", participants }, { "splits.csv", splits }, { "fees.csv", fees }, { "windows.ini", windows },
    };
    struct clr_rules *const rules = rules_of(file, COUNT_OF(file));

    rules->version = 3;
    for (size_t i = 0; i < rules->participant_count; i++) rules->participant[i].party = (clr_party)(100 + i);
    return rules;
}

/* ---- splits.csv ---- */

static void units_have_owners_by_day(void **state)
{
    static const struct { const char *name, *unit, *day; enum clr_rules_unit_state want; const char *section, *owner; } cases[] = {
        { "always",                 "n1",   "2026-01-01", CLR_RULES_UNIT_FOUND, "N", "north" },
        { "last day of the first",  "m1",   "2026-02-28", CLR_RULES_UNIT_FOUND, "M", "north" },
        { "first day of the next",  "m1",   "2026-03-01", CLR_RULES_UNIT_FOUND, "S", "south" },
        { "blanks",                 " s1 ", "2026-01-01", CLR_RULES_UNIT_FOUND, "S", "south" },
        { "24 characters",          "G001537008002210ABCDEFGH", "2026-01-01", CLR_RULES_UNIT_FOUND, "L", "south" },
        { "its last day",           "o1",   "2025-12-31", CLR_RULES_UNIT_FOUND, "O", "old" },
        { "owner is gone",          "o1",   "2026-01-01", CLR_RULES_UNIT_OWNER_GONE, "O", "" },
        { "other letters",          "N1",   "2026-01-01", CLR_RULES_UNIT_UNKNOWN, "", "" },
        { "a part of one",          "n",    "2026-01-01", CLR_RULES_UNIT_UNKNOWN, "", "" },
        { "nothing",                "",     "2026-01-01", CLR_RULES_UNIT_UNKNOWN, "", "" },
    };
    struct clr_rules *const rules = toll_rules("[toll]\n");
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct clr_rules_unit unit;
        const enum clr_rules_unit_state seen = clr_rules_unit(rules, clr_bytes_text(cases[i].unit), rules_day(cases[i].day), &unit);
        const char *const owner = unit.owner < 0 ? "" : rules->participant[unit.owner].code;
        if (seen != cases[i].want || strcmp(unit.section, cases[i].section) != 0 || strcmp(owner, cases[i].owner) != 0)
            fail_msg("%s: %d '%s' '%s'", cases[i].name, (int)seen, unit.section, owner);
    }
    clr_rules_destroy(rules);
}

/* A province has tens of thousands of units: each is found, and none that is not there. */
static void many_units(void **state)
{
    enum { UNITS = 60000 };
    char *const text = malloc(UNITS * 40 + 100);
    size_t size = (size_t)sprintf(text, "unit,owner,valid_from,valid_to\n");
    (void)state;
    for (int i = 0; i < UNITS; i++) {
        size += (size_t)sprintf(text + size, i % 2 ? "G0015370%08d,north,,2026-01-31\n" : "G0015370%08d,south,2026-02-01,\n", i / 2);
    }
    const struct rules_text file[] = { { "participants.csv", participants }, { "splits.csv", text }, { "windows.ini", "[toll]\n" } };
    struct clr_rules *const rules = rules_of(file, COUNT_OF(file));
    const int north = rules_row(rules, "north"), south = rules_row(rules, "south");
    for (int i = 0; i <= UNITS / 2; i++) {
        char unit[20];
        struct clr_rules_unit found;
        sprintf(unit, "G0015370%08d", i);
        clr_rules_unit(rules, clr_bytes_text(unit), rules_day("2026-01-31"), &found);
        if (found.owner != (i < UNITS / 2 ? north : -1)) fail_msg("%s: %d", unit, found.owner);
        clr_rules_unit(rules, clr_bytes_text(unit), rules_day("2026-02-01"), &found);
        if (found.owner != (i < UNITS / 2 ? south : -1)) fail_msg("%s: %d", unit, found.owner);
    }
    clr_rules_destroy(rules);
    free(text);
}

static void the_own_province(void **state)
{
    static const struct { const char *name, *windows, *region; int want; } cases[] = {
        { "given",                 "[toll]\nown_province = 32\n", "370000", 32 },
        { "the centre's region",   "[toll]\n", "370000", 37 },
        { "two digits",            "[toll]\n", "37", 37 },
        { "a name",                "[toll]\n", "shandong", -1 },
        { "none",                  "[toll]\n", "", -1 },
        { "a zero",                "[toll]\n", "07", -1 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char text[400];
        snprintf(text, sizeof text, "%shub,centre,toll,%s,,,,,中心,Hub,,,\n", PARTICIPANTS_HEAD, cases[i].region);
        const struct rules_text file[] = { { "participants.csv", text }, { "windows.ini", cases[i].windows } };
        struct clr_rules *const rules = rules_of(file, COUNT_OF(file));
        const int seen = clr_rules_own_province(rules, CLR_PRODUCT_TOLL, rules_day("2026-01-01"));
        if (seen != cases[i].want) fail_msg("%s: %d", cases[i].name, seen);
        clr_rules_destroy(rules);
    }
}

static void bad_provinces(void **state)
{
    static const struct rules_bad cases[] = {
        { "another product", "windows.ini", "[transit]\nown_province = 32\n", 2, "own_province", "only [toll]" },
        { "three digits",    "windows.ini", "[toll]\nown_province = 320\n", 2, "own_province", "two digits" },
        { "one digit",       "windows.ini", "[toll]\nown_province = 3\n", 2, "own_province", "two digits" },
        { "a zero",          "windows.ini", "[toll]\nown_province = 03\n", 2, "own_province", "two digits" },
        { "letters",         "windows.ini", "[toll]\nown_province = js\n", 2, "own_province", "two digits" },
        { "twice",           "windows.ini", "[toll]\nown_province = 32\nown_province = 37\n", 3, "own_province", "twice" },
    };
    (void)state;
    rules_refused(cases, COUNT_OF(cases));
}

/* ---- one exit ---- */

struct paid {
    clr_fen amount;
    const char *day, *units, *charges, *dues, *provinces, *parts, *station;
    bool suspense;
};

static struct clr_toll_shares *split(const struct clr_rules *rules, const struct paid *paid)
{
    struct clr_toll_shares *const shares = malloc(sizeof *shares);
    const struct clr_toll_exit exit = {
        .amount_fen = paid->amount, .journey_day = rules_day(paid->day == NULL ? "2026-03-03" : paid->day), .format = EXIT,
        .units = clr_bytes_text(paid->units), .charges = clr_bytes_text(paid->charges), .dues = clr_bytes_text(paid->dues),
        .provinces = clr_bytes_text(paid->provinces), .province_parts = clr_bytes_text(paid->parts), .station = clr_bytes_text(paid->station),
    };

    assert_non_null(shares);
    clr_toll_split(rules, &exit, paid->suspense, shares);
    return shares;
}

/** "north 30 south 12" in the order of the shares. */
static const char *told(const struct clr_rules *rules, const struct clr_toll_shares *shares, char out[300])
{
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; i < shares->count; i++) {
        const struct clr_toll_share *const share = &shares->share[i];
        if (share->share_fen == 0) continue;
        used += (size_t)snprintf(out + used, 300 - used, "%s%s %lld", used == 0 ? "" : " ", rules->participant[share->payee].code, (long long)share->share_fen);
    }
    return out;
}

static void shares_have_payees(void **state)
{
    static const struct { const char *name; struct paid paid; uint64_t reasons; const char *seen, *want; } cases[] = {
        { "as charged",             { 421, NULL, "n1|s1|n2", "192|209|20", "", "37", "37:421", "G0001", false }, 0, "", "north 192 south 209 north 20" },
        { "odd fen",                { 422, NULL, "n1|s1|n2", "192|209|20", "", "37", "37:422", "", false }, 0, "", "north 192 south 209 north 21" },
        { "another province",       { 2753, NULL, "s1|n1", "310|0", "", "32|37", "32:1900|37:853", "", false }, 0, "", "south 853 province:32 1900" },
        { "nothing of one's own",   { 1900, NULL, "", "", "", "32", "32:1900", "", false }, 0, "", "province:32 1900" },
        { "0 fen, with lists",      { 0, NULL, "n1", "22", "", "37", "37:0", "", false }, 0, "", "" },
        { "an unknown free unit",   { 5, NULL, "zz|n1", "0|5", "", "37", "37:5", "", false }, 0, "", "north 5" },
        { "owner by journey day",   { 5, "2026-02-28", "m1", "5", "", "37", "", "", false }, 0, "", "north 5" },
        { "owner a day later",      { 5, "2026-03-01", "m1", "5", "", "37", "", "", false }, 0, "", "south 5" },
        { "unknown unit",           { 5, NULL, "n1|zz", "2|3", "", "37", "37:5", "", false }, INCOMPLETE, "zz", "" },
        { "owner is gone",          { 5, NULL, "n1|o1", "2|3", "", "37", "37:5", "", false }, UNKNOWN, "o1", "" },
        { "both",                   { 5, NULL, "zz|o1", "2|3", "", "37", "37:5", "", false }, INCOMPLETE | UNKNOWN, "zz", "" },
        { "unknown province",       { 30, NULL, "n1", "10", "", "44|37", "44:20|37:10", "", false }, UNKNOWN, "44:20|37:10", "" },
        { "province not yet there", { 30, "2026-01-31", "n1", "10", "", "11|37", "11:20|37:10", "", false }, UNKNOWN, "11:20|37:10", "" },
        { "province on its day",    { 30, "2026-02-01", "n1", "10", "", "11|37", "11:20|37:10", "", false }, 0, "", "north 10 province:11 20" },
        { "no list",                { 4500, NULL, "", "4500", "", "37", "37:4500", "G0001", false }, INCOMPLETE, "", "" },
        { "lengths",                { 5, NULL, "n1|n2", "5", "", "37", "37:5", "G0001", false }, INCOMPLETE, "", "" },
        { "provinces",              { 5, NULL, "n1", "5", "", "32|37", "32:3|37:1", "G0001", false }, INCOMPLETE, "32|37", "" },
        { "suspense",               { 4500, NULL, "", "4500", "", "37", "37:4500", "G0001", true }, 0, "", "north 4500" },
        { "suspense, own part",     { 45, NULL, "", "", "", "32|37", "32:40|37:5", "G0002", true }, 0, "", "south 5 province:32 40" },
        { "suspense, provinces",    { 5, NULL, "n1", "5", "", "32|37", "32:3|37:1", "G0002", true }, 0, "", "south 5" },
        { "suspense not needed",    { 5, NULL, "n1", "5", "", "37", "37:5", "G0002", true }, 0, "", "north 5" },
        { "suspense, no station",   { 5, NULL, "", "", "", "37", "37:5", "G0009", true }, UNKNOWN, "G0009", "" },
        { "suspense, no province",  { 45, NULL, "", "", "", "44|37", "44:40|37:5", "G0002", true }, UNKNOWN, "44:40|37:5", "" },
    };
    struct clr_rules *const rules = toll_rules("[toll]\n");
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct clr_toll_shares *const shares = split(rules, &cases[i].paid);
        const struct clr_bytes seen = shares->seen;
        char text[300];
        if (shares->reasons != cases[i].reasons) fail_msg("%s: reasons %llx", cases[i].name, (unsigned long long)shares->reasons);
        if (shares->reasons != 0 && !clr_bytes_equal(seen, clr_bytes_text(cases[i].seen))) fail_msg("%s: '%.*s'", cases[i].name, (int)seen.size, (const char *)seen.data);
        if (shares->reasons == 0 && strcmp(told(rules, shares, text), cases[i].want) != 0) fail_msg("%s: %s", cases[i].name, text);
        free(shares);
    }
    clr_rules_destroy(rules);
}

static void a_list_of_gantry_rows(void **state)
{
    struct clr_rules *const rules = toll_rules("[toll]\n");
    struct clr_split_list *const list = malloc(sizeof *list);
    struct clr_toll_shares *const shares = malloc(sizeof *shares);
    const struct clr_toll_exit exit = { .amount_fen = 50, .journey_day = rules_day("2026-03-03"), .format = EXIT, .list = list };
    char text[300];
    (void)state;
    assert_non_null(list);
    assert_non_null(shares);
    clr_split_begin(list);
    clr_toll_split(rules, &exit, false, shares);
    assert_true(shares->reasons == INCOMPLETE && shares->gap == CLR_SPLIT_NO_LIST);
    assert_int_equal(clr_split_append(list, clr_bytes_text("n1|s1"), clr_bytes_text("10|20"), clr_bytes_text("")), CLR_SPLIT_WHOLE);
    assert_int_equal(clr_split_append(list, clr_bytes_text("n2"), clr_bytes_text("20"), clr_bytes_text("")), CLR_SPLIT_WHOLE);
    clr_toll_split(rules, &exit, false, shares);
    assert_string_equal(told(rules, shares, text), "north 10 south 20 north 20");
    free(list);
    free(shares);
    clr_rules_destroy(rules);
}

static void the_station_pays(void **state)
{
    struct clr_rules *const rules = toll_rules("[toll]\n");
    const clr_day day = rules_day("2026-03-03");
    (void)state;
    assert_int_equal(clr_toll_station(rules, EXIT, clr_bytes_text("G0001"), day), rules_row(rules, "north"));
    assert_int_equal(clr_toll_station(rules, EXIT, clr_bytes_text("G0009"), day), -1);
    assert_int_equal(clr_toll_station(rules, EXIT, clr_bytes_text(""), day), -1);
    assert_int_equal(clr_toll_station(rules, CLR_FORMAT_SDGANTRY, clr_bytes_text("G0001"), day), -1);
    clr_rules_destroy(rules);
}

/* ---- cells ---- */

static struct clr_trade trade_of(const struct clr_rules *rules, clr_fen amount, clr_fen price)
{
    const int card = rules_row(rules, "card");

    return (struct clr_trade){
        .product = CLR_PRODUCT_TOLL, .kind = CLR_KIND_PURCHASE, .service = CLR_SERVICE_OTHER, .flags = CLR_FLAG_HAS_PRICE,
        .issuer = rules->participant[card].party, .issuer_index = card, .acquirer_index = -1, .amount_fen = amount, .price_fen = price,
        .trade_day = rules_day("2026-03-03"), .window = rules_day("2026-03-04"),
    };
}

/** "north +1 232 d44 f1; south 209": count, amount, discount and fee of each cell in the order of keys; "<-" where it is given back. */
static const char *cells_told(const struct clr_rules *rules, const struct clr_cells *cells, char out[500])
{
    size_t count = 0, used = 0;
    const struct clr_cell **const cell = clr_cells_sorted(cells, &count);

    assert_non_null(cell);
    out[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        const struct clr_cell_sum *const sum = &cell[i]->sum;
        assert_int_equal(cell[i]->key.issuer, rules->participant[rules_row(rules, "card")].party);
        assert_int_equal(cell[i]->key.rules_version, rules->version);
        used += (size_t)snprintf(out + used, 500 - used, "%s%s%s %lld", i == 0 ? "" : "; ", cell[i]->key.direction ? "<-" : "",
                                 rules->participant[cell[i]->key.acquirer - 100].code, (long long)sum->amount_fen);
        if (sum->count != 0) used += (size_t)snprintf(out + used, 500 - used, " x%lld", (long long)sum->count);
        if (sum->discount_fen != 0) used += (size_t)snprintf(out + used, 500 - used, " d%lld", (long long)sum->discount_fen);
        if (sum->fee_fen != 0) used += (size_t)snprintf(out + used, 500 - used, " f%lld/%lld/%lld", (long long)sum->fee_fen, (long long)sum->fee_issuer_fen, (long long)sum->fee_centre_fen);
    }
    free((void *)(uintptr_t)cell);
    return out;
}

static void a_cell_for_each_payee(void **state)
{
    static const struct { const char *name; struct paid paid; clr_fen price; const char *want; } cases[] = {
        { "owners are merged",     { 421, NULL, "n1|s1|n2", "192|209|20", "", "37", "37:421", "", false }, 495, "north 212 x1 d74 f1/0/0; south 209" },
        { "fee on the whole",      { 4000, NULL, "n1|s1", "1000|3000", "", "37", "37:4000", "", false }, 4000, "north 1000 x1 f12/6/6; south 3000" },
        { "first payee, no fee",   { 4000, NULL, "s1|n1", "3000|1000", "", "37", "37:4000", "", false }, 4000, "north 1000; south 3000 x1" },
        { "first by share",        { 4000, NULL, "n1|s1|n1", "0|3000|1000", "", "37", "37:4000", "", false }, 4000, "north 1000; south 3000 x1" },
        { "with a province",       { 2753, NULL, "s1|n1", "310|0", "", "32|37", "32:1900|37:853", "", false }, 3005, "south 853 x1 d252; province:32 1900" },
        { "a province alone",      { 1900, NULL, "", "", "", "32", "32:1900", "", false }, 1900, "province:32 1900 x1 f5/0/5" },
        { "nothing",               { 0, NULL, "n1", "22", "", "37", "37:0", "", false }, 1107, "" },
    };
    struct clr_rules *const rules = toll_rules("[toll]\n");
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct clr_toll_shares *const shares = split(rules, &cases[i].paid);
        const struct clr_trade trade = trade_of(rules, cases[i].paid.amount, cases[i].price);
        struct clr_cells cells;
        char text[500];
        clr_cells_init(&cells);
        assert_int_equal(clr_toll_book(rules, &trade, shares, &cells), CLR_OK);
        if (strcmp(cells_told(rules, &cells, text), cases[i].want) != 0) fail_msg("%s: %s", cases[i].name, text);
        clr_cells_free(&cells);
        free(shares);
    }
    clr_rules_destroy(rules);
}

static void refunds_take_back(void **state)
{
    static const struct { const char *name; enum clr_kind kind; clr_fen before[3]; size_t parts; clr_fen refund; const char *want; enum clr_status status; } cases[] = {
        { "reversal",            CLR_KIND_REVERSAL, { 0 },         0, 422, "<-north 213 x1 d-73 f-1/0/0; <-south 209", CLR_OK },
        { "in full",             CLR_KIND_REFUND,   { 0 },         0, 422, "<-north 213 x1 d-73 f-1/0/0; <-south 209", CLR_OK },
        { "a part",              CLR_KIND_REFUND,   { 0 },         0, 100, "<-north 50 x1; <-south 50", CLR_OK },
        { "another part",        CLR_KIND_REFUND,   { 100 },       1, 100, "<-north 50 x1; <-south 50", CLR_OK },
        { "the rest",            CLR_KIND_REFUND,   { 100, 100 },  2, 222, "<-north 113 x1 d-73 f-1/0/0; <-south 109", CLR_OK },
        { "a fen: the last unit",CLR_KIND_REFUND,   { 0 },         0, 1,   "<-north 1 x1", CLR_OK },
        { "the last fen",        CLR_KIND_REFUND,   { 100, 111, 210 }, 3, 1, "<-north 1 x1 d-73", CLR_OK },
        { "nothing",             CLR_KIND_REFUND,   { 0 },         0, 0,   "", CLR_OK },
        { "too much",            CLR_KIND_REFUND,   { 100, 300 },  2, 23,  "", CLR_INTERNAL },
        { "too much before",     CLR_KIND_REFUND,   { 400, 300 },  2, 1,   "", CLR_INTERNAL },
    };
    static const struct paid paid = { 422, NULL, "n1|s1|n2", "192|209|20", "", "37", "37:422", "", false };
    struct clr_rules *const rules = toll_rules("[toll]\n");
    struct clr_toll_shares *const shares = split(rules, &paid);
    const struct clr_trade trade = trade_of(rules, 422, 495);
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        clr_fen remaining[CLR_TOLL_SHARES_MAX];
        struct clr_cells cells;
        enum clr_status status = CLR_OK;
        char text[500];
        clr_toll_remaining(shares, remaining);
        for (size_t n = 0; n <= cases[i].parts && status == CLR_OK; n++) {
            const bool last = n == cases[i].parts;
            clr_cells_init(&cells);
            status = clr_toll_book_refund(rules, &trade, shares, remaining, last ? cases[i].kind : CLR_KIND_REFUND, last ? cases[i].refund : cases[i].before[n],
                                          rules_day("2026-03-05"), &cells);
            if (!last && status == CLR_OK) clr_cells_free(&cells);
        }
        if (status != cases[i].status) fail_msg("%s: status %d", cases[i].name, (int)status);
        if (strcmp(cells_told(rules, &cells, text), cases[i].want) != 0) fail_msg("%s: %s", cases[i].name, text);
        clr_cells_free(&cells);
    }
    free(shares);
    clr_rules_destroy(rules);
}

/* Any parts that add up to the whole leave every payee as if nothing had been: amounts, discount, fees. */
static void parts_undo_the_whole(void **state)
{
    static const struct paid paid = { 2753, NULL, "n1|s1|n2|m1", "310|7|1|9", "", "32|37", "32:1900|37:853", "", false };
    struct clr_rules *const rules = toll_rules("[toll]\n");
    struct clr_toll_shares *const shares = split(rules, &paid);
    struct clr_trade trade = trade_of(rules, 2753, 3005);
    (void)state;
    trade.window = rules_day("2026-03-05");
    for (uint64_t seed = 1; seed <= 200; seed++) {
        clr_fen remaining[CLR_TOLL_SHARES_MAX], left = 2753;
        clr_fen net[16] = { 0 }, fee = 0, discount = 0;
        struct clr_cells cells;
        size_t count = 0;
        uint64_t draws = seed;
        clr_cells_init(&cells);
        assert_int_equal(clr_toll_book(rules, &trade, shares, &cells), CLR_OK);
        clr_toll_remaining(shares, remaining);
        while (left > 0) {
            const clr_fen refund = 1 + (clr_fen)(scratch_random(&draws) % (uint64_t)left);
            assert_int_equal(clr_toll_book_refund(rules, &trade, shares, remaining, CLR_KIND_REFUND, refund, trade.window, &cells), CLR_OK);
            left -= refund;
        }
        const struct clr_cell **const cell = clr_cells_sorted(&cells, &count);
        for (size_t i = 0; i < count; i++) {
            net[cell[i]->key.acquirer - 100] += cell[i]->key.direction ? -cell[i]->sum.amount_fen : cell[i]->sum.amount_fen;
            fee += cell[i]->sum.fee_fen;
            discount += cell[i]->sum.discount_fen;
        }
        for (size_t i = 0; i < COUNT_OF(net); i++) {
            if (net[i] != 0) fail_msg("seed %llu: payee %zu keeps %lld", (unsigned long long)seed, i, (long long)net[i]);
        }
        if (fee != 0 || discount != 0) fail_msg("seed %llu: fee %lld, discount %lld", (unsigned long long)seed, (long long)fee, (long long)discount);
        free((void *)(uintptr_t)cell);
        clr_cells_free(&cells);
    }
    free(shares);
    clr_rules_destroy(rules);
}

static void adjustments_go_by_the_shares(void **state)
{
    static const struct { const char *name; clr_fen adjust; const char *want; } cases[] = {
        { "more",    42,  "north 21 x1; south 21" },
        { "less",    -42, "<-north 21 x1; <-south 21" },
        { "nothing", 0,   "" },
    };
    static const struct paid paid = { 421, NULL, "n1|s1|n2", "192|209|20", "", "37", "37:421", "", false };
    struct clr_rules *const rules = toll_rules("[toll]\n");
    struct clr_toll_shares *const shares = split(rules, &paid);
    const struct clr_trade trade = trade_of(rules, 421, 421);
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct clr_cells cells;
        char text[500];
        clr_cells_init(&cells);
        assert_int_equal(clr_toll_book_adjust(rules, &trade, shares, cases[i].adjust, trade.window, &cells), CLR_OK);
        if (strcmp(cells_told(rules, &cells, text), cases[i].want) != 0) fail_msg("%s: %s", cases[i].name, text);
        clr_cells_free(&cells);
    }
    free(shares);
    clr_rules_destroy(rules);
}

static void who_gained_the_remainders(void **state)
{
    static const struct { const char *name; struct paid paid; clr_fen north, south; } cases[] = {
        { "as charged",         { 421, NULL, "n1|s1|n2", "192|209|20", "", "37", "", "", false }, 0, 0 },
        { "a fen more",         { 422, NULL, "n1|s1|n2", "192|209|20", "", "37", "", "", false }, 1, 0 },
        { "whole yuan",         { 100, NULL, "n1|s1|n2", "50|50|3", "", "37", "", "", false }, -2, -1 },
        { "lost its only fen",  { 1, NULL, "s1|n1", "1|1", "", "37", "", "", false }, 0, -1 },
        { "by dues",            { 10, NULL, "s1|n1", "0|0", "5|5", "37", "", "", false }, 5, 5 },
        { "no charges",         { 10, NULL, "s1|n1", "", "5|6", "37", "", "", false }, 0, 0 },
    };
    struct clr_rules *const rules = toll_rules("[toll]\n");
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct clr_toll_shares *const shares = split(rules, &cases[i].paid);
        clr_fen gain[16] = { 0 };
        assert_int_equal(shares->reasons, 0);
        assert_int_equal(clr_toll_gains_add(shares, gain), CLR_OK);
        const clr_fen north = gain[rules_row(rules, "north")], south = gain[rules_row(rules, "south")];
        if (north != cases[i].north || south != cases[i].south) fail_msg("%s: north %lld, south %lld", cases[i].name, (long long)north, (long long)south);
        gain[rules_row(rules, "north")] = cases[i].north > 0 ? INT64_MAX : INT64_MIN;
        if (cases[i].north != 0) assert_int_equal(clr_toll_gains_add(shares, gain), CLR_OVERFLOW);
        free(shares);
    }
    clr_rules_destroy(rules);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(units_have_owners_by_day), cmocka_unit_test(many_units),           cmocka_unit_test(the_own_province),
        cmocka_unit_test(bad_provinces),            cmocka_unit_test(shares_have_payees),   cmocka_unit_test(a_list_of_gantry_rows),
        cmocka_unit_test(the_station_pays),         cmocka_unit_test(a_cell_for_each_payee), cmocka_unit_test(refunds_take_back),
        cmocka_unit_test(parts_undo_the_whole),     cmocka_unit_test(adjustments_go_by_the_shares), cmocka_unit_test(who_gained_the_remainders),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
