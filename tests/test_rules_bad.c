/* test_rules_bad.c: the CSV files of the rules folder: what is refused, and the file, line and column said with it; and what is not. */
#include "rules_fixture.h"

#define P PARTICIPANTS_HEAD
#define HUB "hub,centre,transit,,,,,,中心,,,,\n"

static const struct rules_bad bad_participants[] = {
    { "no header",           "participants.csv", "", 1, "", "no header" },
    { "unknown column",      "participants.csv", "code,role,product,colour\n", 1, "colour", "not one this file has" },
    { "repeated column",     "participants.csv", "code,role,code\n", 1, "code", "repeats" },
    { "missing column",      "participants.csv", "code,role\nx,issuer\n", 1, "product", "missing" },
    { "short row",           "participants.csv", "code,role,product\nx,issuer,transit\ny,issuer\n", 3, "", "2 columns, the header 3" },
    { "long row",            "participants.csv", "code,role,product\nx,issuer,transit,\n", 2, "", "4 columns, the header 3" },
    { "empty code",          "participants.csv", "code,role,product\n,issuer,transit\n", 2, "code", "empty" },
    { "code with a blank",   "participants.csv", "code,role,product\na b,issuer,transit\n", 2, "code", "printable ASCII" },
    { "code with a slash",   "participants.csv", "code,role,product\na/b,issuer,transit\n", 2, "code", "printable ASCII" },
    { "code in Chinese",     "participants.csv", "code,role,product\n公交,issuer,transit\n", 2, "code", "printable ASCII" },
    { "code of 65",          "participants.csv", "code,role,product\n12345678901234567890123456789012345678901234567890123456789012345,issuer,transit\n", 2, "code", "printable ASCII" },
    { "reserved code",       "participants.csv", "code,role,product\nacquirer,acquirer,transit\n", 2, "code", "side" },
    { "unknown role",        "participants.csv", "code,role,product\nx,bank,transit\n", 2, "role", "region issuer acquirer owner agency centre" },
    { "role of any",         "participants.csv", "code,role,product\nx,*,transit\n", 2, "role", "unknown role" },
    { "unknown product",     "participants.csv", "code,role,product\nx,issuer,tram\n", 2, "product", "transit vessel toll medical bankcard *" },
    { "no such date",        "participants.csv", P "x,issuer,transit,,,,,,,,,2026-02-29,\n", 2, "valid_from", "date" },
    { "date without dashes", "participants.csv", P "x,issuer,transit,,,,,,,,,,20260101\n", 2, "valid_to", "date" },
    { "end before start",    "participants.csv", P "x,issuer,transit,,,,,,,,,2026-01-02,2026-01-01\n", 2, "valid_to", "before" },
    { "overlapping code",    "participants.csv", P "x,issuer,transit,,,,,,,,,,2026-01-01\ny,issuer,transit,,,,,,,,,,\nx,issuer,transit,,,,,,,,,2026-01-01,\n", 4, "code", "line 2" },
    { "overlap, later first","participants.csv", P "x,issuer,transit,,,,,,,,,2026-01-01,\nx,issuer,transit,,,,,,,,,,\n", 3, "code", "line 2" },
    { "code changes role",   "participants.csv", P "x,issuer,transit,,,,,,,,,,2025-12-31\nx,acquirer,transit,,,,,,,,,2026-01-01,\n", 3, "role", "line 2" },
    { "unknown parent",      "participants.csv", P "x,issuer,transit,,y,,,,,,,,\n", 2, "parent", "no participant has the code y" },
    { "unknown member",      "participants.csv", P "x,issuer,transit,,,y,,,,,,,\n", 2, "settles_via", "no participant has the code y" },
    { "unknown region",      "participants.csv", P "nj,region,*,,,,,,,,,,\nx,issuer,transit,sz,,,,,,,,,\n", 3, "region", "no participant has the code sz" },
    { "region is none",      "participants.csv", P "nj,region,*,,,,,,,,,,\nx,issuer,transit,x,,,,,,,,,\n", 3, "region", "no participant" },
    { "settles via itself",  "participants.csv", P "x,issuer,transit,,,x,,,,,,,\n", 2, "settles_via", "leads back" },
    { "cycle of three",      "participants.csv", P "x,issuer,transit,,,y,,,,,,,\ny,issuer,transit,,,z,,,,,,,\nz,issuer,transit,,,x,,,,,,,\n", 2, "settles_via", "leads back" },
    { "parent cycle",        "participants.csv", P "x,region,*,,y,,,,,,,,\ny,region,*,,x,,,,,,,,\n", 2, "parent", "leads back" },
    { "cycle on one day",    "participants.csv", P "x,issuer,transit,,,y,,,,,,2026-01-01,2026-06-30\ny,issuer,transit,,,,,,,,,,2026-06-29\ny,issuer,transit,,,x,,,,,,2026-06-30,2026-06-30\n", 2, "settles_via", "leads back" },
    { "leads into a cycle",  "participants.csv", P "w,issuer,transit,,,x,,,,,,,\nx,issuer,transit,,,y,,,,,,,\ny,issuer,transit,,,x,,,,,,,\n", 2, "settles_via", "leads back" },
    { "member not valid",    "participants.csv", P "x,issuer,transit,,,y,,,,,,,\ny,issuer,transit,,,,,,,,,2026-01-01,\n", 2, "settles_via", "not valid on every day" },
    { "member has a hole",   "participants.csv", P "x,issuer,transit,,,y,,,,,,,\ny,issuer,transit,,,,,,,,,,2025-12-30\ny,issuer,transit,,,,,,,,,2026-01-01,\n", 2, "settles_via", "not valid on every day" },
    { "two centres",         "participants.csv", P HUB "hub2,centre,transit,,,,,,,,,,\n", 3, "product", "line 2" },
    { "centre of all",       "participants.csv", P HUB "hub2,centre,*,,,,,,,,,2026-01-01,\n", 3, "product", "line 2" },
    { "long name",           "participants.csv", P "x,issuer,transit,,,,,,"
      "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
      "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
      ",,,,\n", 2, "name_zh", "255" },
    { "GBK",                 "participants.csv", "code,role,product\nx,issuer,\xB5\xD8\n", 2, "", "UTF-8" },
    { "quote",               "participants.csv", "code,role,product\n\"x,issuer,transit\n", 2, "code", "quote" },
};

static const struct rules_bad bad_aliases[] = {
    { "no field",        "participants.csv", P "x,issuer,transit,,,,,,,,3120,,\n", 2, "aliases", "format.field:value" },
    { "no colon",        "participants.csv", P "x,issuer,transit,,,,,,,,yz316.city,,\n", 2, "aliases", "format.field:value" },
    { "unknown format",  "participants.csv", P "x,issuer,transit,,,,,,,,yz317.city:1,,\n", 2, "aliases", "unknown format" },
    { "unknown field",   "participants.csv", P "x,issuer,transit,,,,,,,,yz316.town:1,,\n", 2, "aliases", "city unit issuer" },
    { "no value",        "participants.csv", P "x,issuer,transit,,,,,,,,yz316.city:,,\n", 2, "aliases", "without a value" },
    { "star inside",     "participants.csv", P "x,issuer,transit,,,,,,,,yz316.city:3*1,,\n", 2, "aliases", "at its end" },
    { "two stars",       "participants.csv", P "x,issuer,transit,,,,,,,,yz316.city:3**,,\n", 2, "aliases", "at its end" },
    { "long prefix",     "participants.csv", P "x,issuer,transit,,,,,,,,yz316.city:1234567890123456789012345678901234567890123456789012345678901234*,,\n", 2, "aliases", "63" },
    { "second is bad",   "participants.csv", P "x,issuer,transit,,,,,,,,yz316.city:1;yz316.x:2,,\n", 2, "aliases", "city unit issuer" },
    { "two issuers",     "participants.csv", P "x,issuer,transit,,,,,,,,yz316.city:1,,\ny,issuer,transit,,,,,,,,yz316.city:1,,\n", 3, "aliases", "line 2" },
    { "same one twice",  "participants.csv", P "x,issuer,transit,,,,,,,,yz316.city:1;yz316.city:1,,\n", 2, "aliases", "line 2" },
    { "owner, agency",   "participants.csv", P "x,owner,transit,,,,,,,,yz316.unit:1,,\ny,agency,transit,,,,,,,,yz316.unit:1,,\n", 3, "aliases", "line 2" },
    { "product of all",  "participants.csv", P "x,issuer,*,,,,,,,,yz316.city:1,,\ny,issuer,vessel,,,,,,,,yz316.city:1,,\n", 3, "aliases", "line 2" },
    { "prefixes",        "participants.csv", P "x,issuer,transit,,,,,,,,yz316.city:1*,,\ny,issuer,transit,,,,,,,,yz316.city:1*,,\n", 3, "aliases", "line 2" },
    { "one day",         "participants.csv", P "x,issuer,transit,,,,,,,,yz316.city:1,,2026-01-01\ny,issuer,transit,,,,,,,,yz316.city:1,2026-01-01,\n", 3, "aliases", "line 2" },
};

#define C "product,format,prefix,length,issuer,valid_from,valid_to\n"
static const struct rules_bad bad_cards[] = {
    { "unknown product",  "cards.csv", C "tram,yz316,31,,card,,\n", 2, "product", "unknown product" },
    { "unknown format",   "cards.csv", C "transit,csv,31,,card,,\n", 2, "format", "unknown format" },
    { "prefix with star", "cards.csv", C "transit,yz316,31*,,card,,\n", 2, "prefix", "no star" },
    { "length no number", "cards.csv", C "transit,yz316,31,x,card,,\n", 2, "length", "whole number" },
    { "length too long",  "cards.csv", C "transit,yz316,31,65,card,,\n", 2, "length", "1 to 64" },
    { "length too short", "cards.csv", C "transit,yz316,3101,3,card,,\n", 2, "length", "shorter" },
    { "no issuer",        "cards.csv", C "transit,yz316,31,,,,\n", 2, "issuer", "empty" },
    { "unknown issuer",   "cards.csv", C "transit,yz316,31,,nobody,,\n", 2, "issuer", "no such participant" },
    { "any issuer",       "cards.csv", C "transit,yz316,31,,*,,\n", 2, "issuer", "not an issuer" },
    { "an acquirer",      "cards.csv", C "transit,yz316,31,,bus,,\n", 2, "issuer", "not an issuer" },
    { "bad date",         "cards.csv", C "transit,yz316,31,,card,2026-13-01,\n", 2, "valid_from", "date" },
    { "overlap",          "cards.csv", C "transit,yz316,31,,card,,\ntransit,xf158,31,,card,,\ntransit,yz316,31,,card,2026-01-01,\n", 4, "prefix", "line 2" },
    { "missing column",   "cards.csv", "product,format,prefix\n", 1, "issuer", "missing" },
};

#define F "product,service,kind,issuer,acquirer,payer,on,basis,rate_ppm,fixed_fen,min_fen,max_fen,issuer_share_ppm,centre_share_ppm,refund,valid_from,valid_to\n"
static const struct rules_bad bad_fees[] = {
    { "any product",       "fees.csv", F "*,*,*,*,*,acquirer,,,,,,,,,,,\n", 2, "product", "unknown product" },
    { "unknown service",   "fees.csv", F "transit,boat,*,*,*,acquirer,,,,,,,,,,,\n", 2, "service", "unknown service" },
    { "unknown kind",      "fees.csv", F "transit,*,sale,*,*,acquirer,,,,,,,,,,,\n", 2, "kind", "unknown kind" },
    { "kind without fee",  "fees.csv", F "transit,*,entry,*,*,acquirer,,,,,,,,,,,\n", 2, "kind", "never carry" },
    { "unknown issuer",    "fees.csv", F "transit,*,*,x,*,acquirer,,,,,,,,,,,\n", 2, "issuer", "no such participant" },
    { "issuer is none",    "fees.csv", F "transit,*,*,bus,*,acquirer,,,,,,,,,,,\n", 2, "issuer", "not an issuer" },
    { "acquirer is none",  "fees.csv", F "transit,*,*,*,card,acquirer,,,,,,,,,,,\n", 2, "acquirer", "not an acquirer" },
    { "empty acquirer",    "fees.csv", F "transit,*,*,*,,acquirer,,,,,,,,,,,\n", 2, "acquirer", "empty" },
    { "unknown payer",     "fees.csv", F "transit,*,*,*,*,cardholder,,,,,,,,,,,\n", 2, "payer", "no such participant" },
    { "any payer",         "fees.csv", F "transit,*,*,*,*,*,,,,,,,,,,,\n", 2, "payer", "payer is" },
    { "unknown on",        "fees.csv", F "transit,*,*,*,*,acquirer,price,,,,,,,,,,\n", 2, "on", "amount discount count" },
    { "unknown basis",     "fees.csv", F "transit,*,*,*,*,acquirer,amount,day,,,,,,,,,\n", 2, "basis", "txn total" },
    { "unknown refund",    "fees.csv", F "transit,*,*,*,*,acquirer,amount,txn,,,,,,,half,,\n", 2, "refund", "return keep" },
    { "rate over all",     "fees.csv", F "transit,*,*,*,*,acquirer,amount,txn,1000001,,,,,,,,\n", 2, "rate_ppm", "0 to 1000000" },
    { "negative rate",     "fees.csv", F "transit,*,*,*,*,acquirer,amount,txn,-1,,,,,,,,\n", 2, "rate_ppm", "0 to 1000000" },
    { "rate with a point", "fees.csv", F "transit,*,*,*,*,acquirer,amount,txn,0.6,,,,,,,,\n", 2, "rate_ppm", "whole number" },
    { "rate on count",     "fees.csv", F "transit,*,*,*,*,acquirer,count,txn,5,2,,,,,,,\n", 2, "rate_ppm", "no rate" },
    { "negative fixed",    "fees.csv", F "transit,*,*,*,*,acquirer,amount,txn,,-2,,,,,,,\n", 2, "fixed_fen", "whole number" },
    { "19 digits",         "fees.csv", F "transit,*,*,*,*,acquirer,amount,txn,,9999999999999999999,,,,,,,\n", 2, "fixed_fen", "whole number" },
    { "min over max",      "fees.csv", F "transit,*,*,*,*,acquirer,amount,txn,5,,10,9,,,,,\n", 2, "max_fen", "smaller" },
    { "shares over all",   "fees.csv", F "transit,*,*,*,*,acquirer,amount,txn,5,,,,600000,400001,,,\n", 2, "centre_share_ppm", "more than the whole" },
    { "share over all",    "fees.csv", F "transit,*,*,*,*,acquirer,amount,txn,5,,,,1000001,,,,\n", 2, "issuer_share_ppm", "0 to 1000000" },
    { "no centre",         "fees.csv", F "vessel,*,*,*,*,acquirer,amount,txn,5,,,,,1,,,\n", 2, "centre_share_ppm", "no centre" },
    { "same row",          "fees.csv", F "transit,bus,*,*,bus,acquirer,,,,,,,,,,,\ntransit,bus,*,*,bus,issuer,,,,,,,,,,2026-01-01,\n", 3, "", "line 2" },
    { "the same default",  "fees.csv", F "transit,*,*,*,*,acquirer,,,,,,,,,,,2026-01-01\ntransit,*,*,*,*,issuer,,,,,,,,,,2026-01-01,\n", 3, "", "line 2" },
    { "no header word",    "fees.csv", "product,service,kind,issuer,acquirer\n", 1, "payer", "missing" },
};

static const struct rules_bad bad_others[] = {
    { "no such date",      "calendar.csv", "date,kind\n2026-02-30,closed\n", 2, "date", "date" },
    { "unknown kind",      "calendar.csv", "date,kind\n2026-01-01,holiday\n", 2, "kind", "bank closed" },
    { "empty kind",        "calendar.csv", "date,kind\n2026-01-01,\n", 2, "kind", "empty" },
    { "date twice",        "calendar.csv", "date,kind\n2026-01-02,bank\n2026-01-01,closed\n2026-01-02,closed\n", 4, "date", "already" },
    { "owner is none",     "splits.csv", "unit,section,owner,valid_from,valid_to\nu1,s1,bus,,\n", 2, "owner", "not an owner" },
    { "unknown owner",     "splits.csv", "unit,owner\nu1,nobody\n", 2, "owner", "no such participant" },
    { "unit of two",       "limits.csv", "participant,product,net_debit_cap_fen\ncard,transit,5\nbus,transit,5\ncard,transit,6\n", 4, "participant", "line 2" },
    { "negative cap",      "limits.csv", "participant,product,net_debit_cap_fen\ncard,transit,-5\n", 2, "net_debit_cap_fen", "whole number" },
    { "negative pool",     "limits.csv", "participant,product,prepaid_fen\ncard,transit,-5\n", 2, "prepaid_fen", "whole number" },
    { "for anyone",        "limits.csv", "participant,product\n*,transit\n", 2, "participant", "one participant" },
    { "unknown who",       "limits.csv", "participant,product\nnobody,transit\n", 2, "participant", "no such participant" },
    { "no card",           "status_list.csv", "card,status\n,lost\n", 2, "card", "empty" },
    { "blank card",        "status_list.csv", "card,status\n\"  \",lost\n", 2, "card", "no card number" },
    { "unknown status",    "status_list.csv", "card,status,reason,valid_from,valid_to\n3101,lost,,,\n3102,gone,,,\n", 3, "status", "stop lost stolen" },
    { "no such time",      "status_list.csv", "card,status,valid_from\n3101,lost,2026-01-01T25:00:00+08:00\n", 2, "valid_from", "time" },
    { "end before start",  "status_list.csv", "card,status,valid_from,valid_to\n3101,lost,2026-01-02,2026-01-01\n", 2, "valid_to", "before" },
    { "unknown column",    "status_list.csv", "card,status,name\n", 1, "name", "not one this file has" },
    { "list with a tab",   "status_list.csv", "card,status\n31\t01,lost\n", 2, "", "control" },
};

static void participants_are_refused(void **state) { (void)state; rules_refused(bad_participants, COUNT_OF(bad_participants)); }
static void aliases_are_refused(void **state) { (void)state; rules_refused(bad_aliases, COUNT_OF(bad_aliases)); }
static void cards_are_refused(void **state) { (void)state; rules_refused(bad_cards, COUNT_OF(bad_cards)); }
static void fees_are_refused(void **state) { (void)state; rules_refused(bad_fees, COUNT_OF(bad_fees)); }
static void others_are_refused(void **state) { (void)state; rules_refused(bad_others, COUNT_OF(bad_others)); }

static void the_card_is_never_shown(void **state)
{
    const struct rules_text file = { "status_list.csv", "card,status,valid_from\n3120100000000000017,lost,soon\n\"  \",lost,\n" };
    struct clr_rules *rules = NULL;
    struct clr_fault fault = { 0 };

    (void)state;
    assert_int_equal(rules_try(&file, 1, &rules, &fault), CLR_USAGE);
    assert_string_equal(fault.seen, "soon");
    assert_null(strstr(fault.en, "3120"));
}

/* Pairs that look like the bad ones and are good. */
static void neighbours_are_accepted(void **state)
{
    static const struct { const char *name; struct rules_text file; } good[] = {
        { "one code after the other",  { "participants.csv", P "x,issuer,transit,,,,,,,,,,2025-12-31\nx,issuer,transit,,,,,,,,,2026-01-01,\n" } },
        { "required columns only",     { "participants.csv", "product,code,role\ntransit,x,issuer\n" } },
        { "free region text",          { "participants.csv", P "x,issuer,transit,somewhere,,,,,,,,,\n" } },
        { "member across two rows",    { "participants.csv", P "x,issuer,transit,,,y,,,,,,,\ny,issuer,transit,,,,,,,,,,2025-12-31\ny,issuer,transit,,,,,,,,,2026-01-01,\n" } },
        { "never on one day",          { "participants.csv", P "x,issuer,transit,,,y,,,,,,2026-01-01,\nx,issuer,transit,,,,,,,,,,2025-12-31\ny,issuer,transit,,,x,,,,,,,2025-12-31\ny,issuer,transit,,,,,,,,,2026-01-01,\n" } },
        { "sixteen steps",             { "participants.csv", P "a,issuer,*,,,b,,,,,,,\nb,issuer,*,,,c,,,,,,,\nc,issuer,*,,,d,,,,,,,\nd,issuer,*,,,e,,,,,,,\ne,issuer,*,,,f,,,,,,,\nf,issuer,*,,,g,,,,,,,\n"
                                         "g,issuer,*,,,h,,,,,,,\nh,issuer,*,,,i,,,,,,,\ni,issuer,*,,,j,,,,,,,\nj,issuer,*,,,k,,,,,,,\nk,issuer,*,,,l,,,,,,,\nl,issuer,*,,,m,,,,,,,\nm,issuer,*,,,n,,,,,,,\n"
                                         "n,issuer,*,,,o,,,,,,,\no,issuer,*,,,p,,,,,,,\np,issuer,*,,,q,,,,,,,\nq,issuer,*,,,,,,,,,,\n" } },
        { "a centre each",             { "participants.csv", P HUB "hub2,centre,vessel,,,,,,,,,,\n" } },
        { "a centre after another",    { "participants.csv", P "h,centre,*,,,,,,,,,,2025-12-31\nh2,centre,transit,,,,,,,,,2026-01-01,\n" } },
        { "issuer and acquirer alias", { "participants.csv", P "x,issuer,transit,,,,,,,,yz316.city:1,,\ny,acquirer,transit,,,,,,,,yz316.city:1,,\n" } },
        { "alias of two products",     { "participants.csv", P "x,issuer,transit,,,,,,,,yz316.city:1,,\ny,issuer,vessel,,,,,,,,yz316.city:1,,\n" } },
        { "alias handed over",         { "participants.csv", P "x,issuer,transit,,,,,,,,yz316.city:1,,2025-12-31\ny,issuer,transit,,,,,,,,yz316.city:1,2026-01-01,\n" } },
        { "exact and prefix",          { "participants.csv", P "x,issuer,transit,,,,,,,,yz316.city:1,,\ny,issuer,transit,,,,,,,,yz316.city:1*; ;yz316.city:*,,\n" } },
        { "quoted and with BOM",       { "participants.csv", "\xEF\xBB\xBF" "\"code\",role,product,name_zh\r\n\"x\",issuer,transit,\"公交, 第一\"\r\n" } },
        { "prefix and longer prefix",  { "cards.csv", C "transit,yz316,31,,card,,\ntransit,yz316,310,,card,,\ntransit,yz316,31,19,card,,\ntransit,*,31,,card,,\n*,yz316,31,,card,,\n" } },
        { "an empty table",            { "cards.csv", C } },
        { "fee after fee",             { "fees.csv", F "transit,*,*,*,*,acquirer,,,,,,,,,,,2025-12-31\ntransit,*,*,*,*,acquirer,,,,,,,,,,2026-01-01,\n" } },
        { "fees of each kind",         { "fees.csv", F "transit,bus,*,*,*,acquirer,,,,,,,,,,,\ntransit,*,purchase,*,*,acquirer,,,,,,,,,,,\ntransit,*,*,card,*,issuer,,,,,,,,,,,\ntransit,*,*,*,bus,hub,,,,,,,,,,,\n" } },
        { "whole rate and share",      { "fees.csv", F "transit,*,*,*,*,acquirer,amount,total,1000000,0,0,0,1000000,0,keep,,\n" } },
        { "limits by product",         { "limits.csv", "participant,product,net_debit_cap_fen\ncard,transit,0\ncard,vessel,5\ncard,*,999999999999999999\n" } },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        struct clr_rules *rules = NULL;
        struct clr_fault fault = { 0 };

        if (rules_try(&good[i].file, 1, &rules, &fault) != CLR_OK) fail_msg("%s: line %lu %s: %s", good[i].name, (unsigned long)fault.line, fault.field, fault.en);
        clr_rules_destroy(rules);
    }
}

/* Seventeen steps are one too many. */
static void chains_have_a_limit(void **state)
{
    char text[2048] = P;
    const struct rules_bad bad = { "17 steps", "participants.csv", text, 2, "settles_via", "more than 16 steps" };

    (void)state;
    for (char code = 'a'; code <= 'r'; code++) {
        char row[64];

        snprintf(row, sizeof row, code < 'r' ? "%c,issuer,*,,,%c,,,,,,,\n" : "%c,issuer,*,,,,,,,,,,\n", code, code + 1);
        strcat(text, row);
    }
    rules_refused(&bad, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(participants_are_refused),
        cmocka_unit_test(aliases_are_refused),
        cmocka_unit_test(cards_are_refused),
        cmocka_unit_test(fees_are_refused),
        cmocka_unit_test(others_are_refused),
        cmocka_unit_test(the_card_is_never_shown),
        cmocka_unit_test(neighbours_are_accepted),
        cmocka_unit_test(chains_have_a_limit),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
