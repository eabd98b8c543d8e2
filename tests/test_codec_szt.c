/* test_codec_szt.c: Shenzhen Tong records as CSV and as JSON: columns, quotes, escapes, fields, and that both say the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "codec_one.h"

#define MALFORMED REASON(MALFORMED)
#define HEADER "card_no,deal_date,close_date,deal_type,deal_value,deal_money,company_name,equ_no,car_no,station,conn_mark\n"
#define EXIT "\"2026-03-02 08:15:30\",\"2026-03-02 00:00:00\",地铁出站,500,475,虚构一号线,990000042,AGM-1,虚构站,0\n"
#define JSON_EXIT "\"deal_date\":\"2026-03-02 08:15:30\",\"close_date\":\"2026-03-02 00:00:00\",\"deal_type\":\"地铁出站\",\"deal_value\":\"500\","

static const struct clr_codec *codec_named(const char *name)
{
    return clr_codec_by_name(&clr_codecs, clr_bytes_text(name));
}

static void decode_csv(struct one *one, const char *text, const struct drive_options *options)
{
    one_decode(one, codec_named("szt-csv"), clr_bytes_text(text), options);
}

static void a_record_in_order(void **state)
{
    static struct one one;

    (void)state;
    decode_csv(&one, HEADER "ABCDEFGHJ," EXIT, NULL);
    one_check(&one, "exit", &(struct want){ 0 });
    one_check_findings(&one, "exit", 0);
    assert_int_equal(one.raw.kind, CLR_KIND_PURCHASE);
    assert_int_equal(one.raw.service, CLR_SERVICE_METRO);
    assert_int_equal(one.raw.type, 2);
    assert_int_equal(one.raw.amount_fen, 475);
    assert_int_equal(one.raw.price_fen, 500);
    assert_int_equal(one.raw.sam, 990000042);
    assert_int_equal(one.raw.traded_at_s, clr_time_of(2026, 3, 2, 8, 15, 30));
    assert_int_equal(one.raw.declared_day, clr_day_of_date(2026, 3, 2));
    assert_int_equal(one.raw.flags, CLR_FLAG_OPEN | CLR_FLAG_HAS_PRICE);
    one_check_text("card", one.raw.card, "ABCDEFGHJ");
    one_check_text("unit", one.raw.unit, "虚构一号线");
}

/* One row with one field changed, in the order of HEADER. */
struct change { unsigned column; const char *text; };

static char *row_with(const struct change *change, char text[1024])
{
    const char *fields[] = { "ABCDEFGHJ", "2026-03-02 08:15:30", "2026-03-02", "巴士", "200", "160", "虚构巴士", "990000042", "车", "站",
                             "0" };
    size_t size = (size_t)snprintf(text, 1024, "%s", HEADER);

    if (change != NULL) fields[change->column] = change->text;
    for (unsigned i = 0; i < 11; i++) size += (size_t)snprintf(text + size, 1024 - size, "%s%s", fields[i], i == 10 ? "\n" : ",");
    return text;
}

static void fields_of_a_row(void **state)
{
    static const struct { const char *name; struct change change; struct want want; } cases[] = {
        { "bus", { 3, "巴士" }, { 0 } },
        { "8 letters", { 0, "BCDEFGHJ" }, { 0 } },
        { "7 letters", { 0, "CDEFGHJ" }, { MALFORMED, "card_no", CLR_RULE_LENGTH } },
        { "10 letters", { 0, "ABCDEFGHJA" }, { MALFORMED, "card_no", CLR_RULE_LENGTH } },
        { "letter K", { 0, "ABCDEFGHK" }, { MALFORMED, "card_no", CLR_RULE_CHARSET } },
        { "letter before A", { 0, "@BCDEFGHJ" }, { MALFORMED, "card_no", CLR_RULE_CHARSET } },
        { "lower-case letter", { 0, "aBCDEFGH" }, { MALFORMED, "card_no", CLR_RULE_CHARSET } },
        { "digits", { 0, "01234567" }, { MALFORMED, "card_no", CLR_RULE_CHARSET } },
        { "no card", { 0, "" }, { MALFORMED, "card_no", CLR_RULE_MISSING } },
        { "time with T", { 1, "2026-03-02T08:15:30" }, { 0 } },
        { "time without seconds", { 1, "2026-03-02 08:15" }, { MALFORMED, "deal_date", CLR_RULE_LENGTH } },
        { "time with slashes", { 1, "2026/03/02 08:15:30" }, { MALFORMED, "deal_date", CLR_RULE_CHARSET } },
        { "time with a letter", { 1, "2026-03-02 08:15:3O" }, { MALFORMED, "deal_date", CLR_RULE_DIGITS } },
        { "hour 24", { 1, "2026-03-02 24:00:00" }, { REASON(BAD_DATE), NULL, 0 } },
        { "31 June", { 1, "2026-06-31 08:00:00" }, { REASON(BAD_DATE), NULL, 0 } },
        { "year 9999", { 1, "9999-06-30 08:00:00" }, { REASON(BAD_DATE), NULL, 0 } },
        { "settlement day with a time", { 2, "2026-03-02 00:00:00" }, { 0 } },
        { "settlement day impossible", { 2, "2026-02-29" }, { REASON(BAD_DATE), NULL, 0 } },
        { "settlement day, not padded", { 2, "2026-3-2" }, { MALFORMED, "close_date", CLR_RULE_LENGTH } },
        { "type unknown", { 3, "换乘" }, { REASON(UNKNOWN_TYPE), NULL, 0 } },
        { "no type", { 3, "" }, { MALFORMED, "deal_type", CLR_RULE_MISSING } },
        { "entry that charges", { 3, "地铁入站" }, { REASON(FIELD_MISMATCH), NULL, 0 } },
        { "price with a minus", { 4, "-200" }, { REASON(SIGN), NULL, 0 } },
        { "amount with a minus", { 5, "-160" }, { REASON(SIGN), NULL, 0 } },
        { "amount with a plus", { 5, "+160" }, { MALFORMED, "deal_money", CLR_RULE_DIGITS } },
        { "amount with a point", { 5, "1.60" }, { MALFORMED, "deal_money", CLR_RULE_DIGITS } },
        { "minus alone", { 5, "-" }, { MALFORMED, "deal_money", CLR_RULE_DIGITS } },
        { "the most an amount may be", { 5, "100000000000" }, { 0 } },
        { "one fen more", { 5, "100000000001" }, { MALFORMED, "deal_money", CLR_RULE_RANGE } },
        { "2^64 and 160", { 5, "18446744073709551776" }, { MALFORMED, "deal_money", CLR_RULE_RANGE } },
        { "zeros in front", { 5, "000000000000000000000000160" }, { 0 } },
        { "no company", { 6, "" }, { MALFORMED, "company_name", CLR_RULE_MISSING } },
        { "company not in UTF-8", { 6, "\xd0\xe9\xb9\xb9" }, { MALFORMED, "company_name", CLR_RULE_ENCODING } },
        { "device with a letter", { 7, "99000004X" }, { MALFORMED, "equ_no", CLR_RULE_DIGITS } },
        { "no vehicle", { 8, "" }, { 0 } },
        { "station not in UTF-8", { 9, "\xff" }, { MALFORMED, "station", CLR_RULE_ENCODING } },
        { "station with a bell", { 9, "a\a" }, { MALFORMED, "station", CLR_RULE_CHARSET } },
        { "no mark", { 10, "" }, { 0 } },
        { "mark 2", { 10, "2" }, { MALFORMED, "conn_mark", CLR_RULE_CODE } },
        { "one column more", { 9, "a,b" }, { MALFORMED, "", CLR_RULE_COLUMNS } },
        { "quote inside", { 9, "a\"b" }, { MALFORMED, "", CLR_RULE_QUOTING } },
        { "quote never closed", { 9, "\"ab" }, { MALFORMED, "", CLR_RULE_QUOTING } },
        { "text behind the closing quote", { 9, "\"a\"b" }, { MALFORMED, "", CLR_RULE_QUOTING } },
        { "blank behind the closing quote", { 9, "\"a\" " }, { MALFORMED, "", CLR_RULE_QUOTING } },
        { "comma in quotes", { 9, "\"a,b\"" }, { 0 } },
        { "quote in quotes", { 9, "\"a\"\"b\"" }, { 0 } },
        { "line end in quotes", { 9, "\"a\r\nb\"" }, { 0 } },
        { "empty quotes", { 9, "\"\"" }, { 0 } },
    };
    static struct one one;
    char text[1024];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        decode_csv(&one, row_with(&cases[i].change, text), NULL);
        one_check(&one, cases[i].name, &cases[i].want);
        if (one.result.records != 1) fail_msg("%s: %d records", cases[i].name, (int)one.result.records);
        if (cases[i].want.reasons == REASON(SIGN) && (one.raw.amount_fen != 160 ||
                                                      one.raw.price_fen != 200)) fail_msg("%s: amounts are absolute", cases[i].name);
    }
}

static void kinds_and_flags(void **state)
{
    static const struct { struct change change; unsigned kind, service, type, flags; } cases[] = {
        { { 3, "地铁出站" }, CLR_KIND_PURCHASE, CLR_SERVICE_METRO, 2, 0 },
        { { 3, "巴士" }, CLR_KIND_PURCHASE, CLR_SERVICE_BUS, 3, 0 },
        { { 3, "\xb5\xd8\xcc\xfa\xb3\xf6\xd5\xbe" }, CLR_KIND_PURCHASE, CLR_SERVICE_METRO, 2, 0 },
        { { 3, "\xb0\xcd\xca\xbf" }, CLR_KIND_PURCHASE, CLR_SERVICE_BUS, 3, 0 },
        { { 3, "地铁入站" }, CLR_KIND_ENTRY, CLR_SERVICE_METRO, 1, 0 },
        { { 3, "船" }, CLR_KIND_PURCHASE, CLR_SERVICE_OTHER, 0, 0 },
        { { 10, "1" }, CLR_KIND_PURCHASE, CLR_SERVICE_BUS, 3, CLR_FLAG_TRANSFER },
    };
    static struct one one;
    char text[1024];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        decode_csv(&one, row_with(&cases[i].change, text), NULL);
        assert_int_equal(one.raw.kind, cases[i].kind);
        assert_int_equal(one.raw.service, cases[i].service);
        assert_int_equal(one.raw.type, cases[i].type);
        assert_int_equal(one.raw.flags, cases[i].flags | CLR_FLAG_OPEN | CLR_FLAG_HAS_PRICE);
    }
}

static void header_lines(void **state)
{
    static const struct { const char *name, *text, *refused; uint64_t records; } cases[] = {
        { "any order", "equ_no,company_name,deal_money,deal_value,deal_type,close_date,deal_date,card_no\n1,c,160,200,巴士,2026-03-02,2026-03-02 08:15:30,ABCDEFGH\n", NULL, 1 },
        { "byte order mark, quotes, CRLF", "\xef\xbb\xbf\"card_no\",deal_date,close_date,deal_type,deal_value,deal_money,company_name,equ_no\r\n"
          "ABCDEFGH,2026-03-02 08:15:30,2026-03-02,巴士,200,160,c,1\r\n", NULL, 1 },
        { "blanks around names", "card_no , deal_date,close_date,deal_type,deal_value,deal_money,company_name,equ_no\nABCDEFGH,2026-03-02 08:15:30,2026-03-02,巴士,200,160,c,1", NULL, 1 },
        { "unknown columns", "x,card_no,deal_date,close_date,deal_type,deal_value,deal_money,company_name,equ_no,y\n\"1,\",ABCDEFGH,2026-03-02 08:15:30,2026-03-02,巴士,200,160,c,1,\n", NULL, 1 },
        { "header alone", HEADER, NULL, 0 },
        { "header alone, no line end", "card_no,deal_date,close_date,deal_type,deal_value,deal_money,company_name,equ_no", NULL, 0 },
        { "empty", "", "header", 0 },
        { "blank lines alone", "\n\r\n", "header", 0 },
        { "no card_no", "deal_date,close_date,deal_type,deal_value,deal_money,company_name,equ_no\n", "card_no", 0 },
        { "no deal_money", "card_no,deal_date,close_date,deal_type,deal_value,company_name,equ_no\n", "deal_money", 0 },
        { "other case", "CARD_NO,deal_date,close_date,deal_type,deal_value,deal_money,company_name,equ_no\n", "card_no", 0 },
        { "twice", "card_no,card_no,deal_date,close_date,deal_type,deal_value,deal_money,company_name,equ_no\n", "card_no", 0 },
        { "broken quoting", "\"card_no,deal_date\n", "header", 0 },
    };
    static struct one one;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        decode_csv(&one, cases[i].text, NULL);
        if ((one.result.status == CLR_REFUSED) != (cases[i].refused != NULL)) fail_msg("%s: status %d", cases[i].name, one.result.status);
        if (cases[i].refused != NULL) {
            one_check_findings(&one, cases[i].name, 1 << CLR_FILE_REASON_FRAMING);
            assert_string_equal(one.result.fault.field, cases[i].refused);
            assert_string_equal(one.result.file.findings[0].field, cases[i].refused);
            continue;
        }
        if (one.result.records != cases[i].records) fail_msg("%s: %d records", cases[i].name, (int)one.result.records);
        if (cases[i].records > 0) one_check(&one, cases[i].name, &(struct want){ 0 });
    }
}

static void escapes_are_undone(void **state)
{
    static struct one one;
    char text[1024], company[512] = "\"";

    (void)state;
    decode_csv(&one, row_with(&(struct change){ 6, "\"虚\"\"构\"\"\"" }, text), NULL);
    one_check(&one, "doubled quotes", &(struct want){ 0 });
    one_check_text("unit", one.raw.unit, "虚\"构\"");
    /* 400 doubled quotes have no room in the record's own text: said, not cut. */
    memset(company + 1, '"', 400);
    strcpy(company + 401, "\"");
    decode_csv(&one, row_with(&(struct change){ 6, company }, text), NULL);
    one_check(&one, "too many escapes", &(struct want){ MALFORMED, "company_name", CLR_RULE_LENGTH });
}

static void profile_switches(void **state)
{
    static struct one one;
    char text[1024];

    (void)state;
    decode_csv(&one, row_with(&(struct change){ 5, "1.6" }, text), &(struct drive_options){ .yuan = true });
    one_check(&one, "yuan", &(struct want){ 0 });
    assert_int_equal(one.raw.amount_fen, 160);
    assert_int_equal(one.raw.price_fen, 20000);
    decode_csv(&one, row_with(&(struct change){ 5, "1." }, text), &(struct drive_options){ .yuan = true });
    one_check(&one, "point alone", &(struct want){ MALFORMED, "deal_money", CLR_RULE_RANGE });
    decode_csv(&one, row_with(&(struct change){ 5, ".5" }, text), &(struct drive_options){ .yuan = true });
    one_check(&one, "no yuan", &(struct want){ MALFORMED, "deal_money", CLR_RULE_DIGITS });
    decode_csv(&one, row_with(&(struct change){ 5, "1000000000.01" }, text), &(struct drive_options){ .yuan = true });
    one_check(&one, "too many yuan", &(struct want){ MALFORMED, "deal_money", CLR_RULE_RANGE });
    decode_csv(&one, HEADER "ABCDEFGHJ,2026-03-02 08:15:30,2026-03-02,\xb0\xcd\xca\xbf,200,160,\xd0\xe9\xb9\xb9,1,,,\n",
               &(struct drive_options){ .gbk = true });
    one_check(&one, "GBK, as declared", &(struct want){ 0 });
    one_check_text("unit", one.raw.unit, "\xd0\xe9\xb9\xb9");
    decode_csv(&one, HEADER "ABCDEFGHJ,2026-03-02 08:15:30,2026-03-02,\xb0\xcd\xca\xbf,200,160,\xd0\xe9\xb9,1,,,\n",
               &(struct drive_options){ .gbk = true });
    one_check(&one, "half a character", &(struct want){ MALFORMED, "company_name", CLR_RULE_ENCODING });
}

static void json_objects(void **state)
{
    static const struct { const char *name, *text; struct want want; uint64_t records; unsigned findings; } cases[] = {
        { "strings", "{\"data\":[{\"card_no\":\"ABCDEFGHJ\"," JSON_EXIT "\"deal_money\":\"475\",\"company_name\":\"c\",\"equ_no\":\"1\"}]}", { 0 }, 1, 0 },
        { "numbers", "{\"data\":[{\"card_no\":\"ABCDEFGHJ\"," JSON_EXIT "\"deal_money\":475,\"company_name\":\"c\",\"equ_no\":1}]}", { 0 },
          1, 0 },
        { "a number with an exponent", "{\"data\":[{\"card_no\":\"ABCDEFGHJ\"," JSON_EXIT "\"deal_money\":475e0,\"company_name\":\"c\",\"equ_no\":1}]}",
          { MALFORMED, "deal_money", CLR_RULE_DIGITS }, 1, 0 },
        { "an escaped key and type", "{\"data\":[{\"card\\u005fno\":\"ABCDEFGHJ\",\"deal_date\":\"2026-03-02 08:15:30\",\"close_date\":\"2026-03-02\",\"deal_type\":\"\\u5df4\\u58eb\","
          "\"deal_value\":1,\"deal_money\":1,\"company_name\":\"\\u865a\",\"equ_no\":\"1\"}]}", { 0 }, 1, 0 },
        { "half a surrogate", "{\"data\":[{\"card_no\":\"ABCDEFGHJ\"," JSON_EXIT "\"deal_money\":475,\"company_name\":\"\\ud83d\",\"equ_no\":1}]}",
          { MALFORMED, "company_name", CLR_RULE_JSON }, 1, 0 },
        { "an escape that is none", "{\"data\":[{\"card_no\":\"ABCDEFGHJ\"," JSON_EXIT "\"deal_money\":475,\"company_name\":\"\\x\",\"equ_no\":1}]}",
          { MALFORMED, "company_name", CLR_RULE_JSON }, 1, 0 },
        { "true for a text", "{\"data\":[{\"card_no\":true," JSON_EXIT "\"deal_money\":475,\"company_name\":\"c\",\"equ_no\":1}]}",
          { MALFORMED, "card_no", CLR_RULE_JSON }, 1, 0 },
        { "null for a text", "{\"data\":[{\"card_no\":null," JSON_EXIT "\"deal_money\":475,\"company_name\":\"c\",\"equ_no\":1}]}",
          { MALFORMED, "card_no", CLR_RULE_MISSING }, 1, 0 },
        { "a key twice", "{\"data\":[{\"card_no\":\"ABCDEFGHJ\",\"card_no\":\"ABCDEFGHJ\"," JSON_EXIT "\"deal_money\":475,\"company_name\":\"c\",\"equ_no\":1}]}",
          { MALFORMED, "card_no", CLR_RULE_JSON }, 1, 0 },
        { "no colon", "{\"data\":[{\"card_no\" \"ABCDEFGHJ\"}]}", { MALFORMED, "", CLR_RULE_JSON }, 1, 0 },
        { "comma at the end", "{\"data\":[{\"card_no\":\"ABCDEFGHJ\",}]}", { MALFORMED, "", CLR_RULE_JSON }, 1, 0 },
        { "raw line end in a string", "{\"data\":[{\"card_no\":\"AB\nCDEFGH\"}]}", { MALFORMED, "", CLR_RULE_JSON }, 1, 0 },
        { "a word that is none", "{\"data\":[{\"card_no\":nul}]}", { MALFORMED, "", CLR_RULE_JSON }, 1, 0 },
        { "a number for an object", "{\"data\":[7]}", { MALFORMED, "", CLR_RULE_JSON }, 1, 0 },
        { "a lone quote costs one object", "{\"data\":[{\"card_no\":\"AB\"\"},{\"x\":1}]}", { MALFORMED, "", CLR_RULE_JSON }, 2, 0 },
        { "an empty list", "{\"data\":[]}", { 0 }, 0, 0 },
        { "rows agree", "{\"rows\":0,\"data\":[]}", { 0 }, 0, 0 },
        { "rows disagree", "{\"data\":[],\"rows\":1}", { 0 }, 0, 1 << CLR_FILE_REASON_RECORDS },
        { "rows before the list disagree", "{\"rows\":\"1\",\"data\":[]}", { 0 }, 0, 1 << CLR_FILE_REASON_RECORDS },
        { "cut behind the list", "{\"data\":[]", { 0 }, 0, 1 << CLR_FILE_REASON_FRAMING },
        { "cut before its end", "{\"data\":[", { 0 }, 0, 1 << CLR_FILE_REASON_FRAMING },
        { "cut in an object", "{\"data\":[{\"card_no\":\"AB", { MALFORMED, "", CLR_RULE_JSON }, 1, 1 << CLR_FILE_REASON_FRAMING },
        { "something behind", "{\"data\":[]}}", { 0 }, 0, 1 << CLR_FILE_REASON_FRAMING },
        { "broken end", "{\"data\":[],rows:1}", { 0 }, 0, 1 << CLR_FILE_REASON_FRAMING },
    };
    static struct one one;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        one_decode(&one, codec_named("szt-json"), clr_bytes_text(cases[i].text), NULL);
        if (one.result.status != CLR_OK) fail_msg("%s: refused", cases[i].name);
        if (one.result.records != cases[i].records) fail_msg("%s: %d records", cases[i].name, (int)one.result.records);
        if (cases[i].records > 0) one_check(&one, cases[i].name, &cases[i].want);
        one_check_findings(&one, cases[i].name, cases[i].findings);
    }
}

static void json_that_is_no_list(void **state)
{
    static const char *const cases[] = { "", "[", "[]", "{}", "{\"data\":{}}", "{\"data\":", "{\"rows\":1}", "{\"a\":[1,2", "data",
                                         "{\"data\" [" };
    static struct one one;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        one_decode(&one, codec_named("szt-json"), clr_bytes_text(cases[i]), NULL);
        if (one.result.status != CLR_REFUSED) fail_msg("\"%s\" is not refused", cases[i]);
        one_check_findings(&one, cases[i], 1 << CLR_FILE_REASON_FRAMING);
    }
}

/* The same record from either file is the same record. */
static void csv_and_json_agree(void **state)
{
    static struct one csv, json;

    (void)state;
    decode_csv(&csv, HEADER "ABCDEFGHJ,\"2026-03-02 08:15:30\",2026-03-02,地铁出站,500,475,\"虚\"\"构\",990000042,,,1\n", NULL);
    one_decode(&json, codec_named("szt-json"), clr_bytes_text("{\"data\":[{\"equ_no\":990000042,\"conn_mark\":1,\"company_name\":\"\\u865a\\\"构\",\"deal_money\":475,\"deal_value\":\"500\","
               "\"deal_type\":\"地铁\\u51fa站\",\"close_date\":\"2026-03-02\",\"deal_date\":\"2026-03-02 08:15:30\",\"card_no\":\"ABCDEFGHJ\"}]}"), NULL);
    one_check(&csv, "csv", &(struct want){ 0 });
    one_check(&json, "json", &(struct want){ 0 });
    one_check_text("unit", json.raw.unit, "虚\"构");
    one_check_text("unit", csv.raw.unit, "虚\"构");
    one_check_text("card", json.raw.card, "ABCDEFGHJ");
    assert_int_equal(csv.raw.flags, json.raw.flags);
    assert_int_equal(csv.raw.type, json.raw.type);
    assert_int_equal(csv.raw.kind, json.raw.kind);
    assert_int_equal(csv.raw.service, json.raw.service);
    assert_int_equal(csv.raw.amount_fen, json.raw.amount_fen);
    assert_int_equal(csv.raw.price_fen, json.raw.price_fen);
    assert_int_equal(csv.raw.sam, json.raw.sam);
    assert_int_equal(csv.raw.traded_at_s, json.raw.traded_at_s);
    assert_int_equal(csv.raw.declared_day, json.raw.declared_day);
}

struct shown {
    unsigned count, last;
    char station[32];
};

static void show(void *context, unsigned field, struct clr_bytes text)
{
    struct shown *const shown = context;

    assert_true(field > shown->last);
    shown->last = field;
    shown->count++;
    if (field == 10) snprintf(shown->station, sizeof shown->station, "%.*s", (int)text.size, (const char *)text.data);
}

static void explains_fields_in_order(void **state)
{
    static struct one one;
    struct shown shown = { 0 };

    (void)state;
    decode_csv(&one, "station,card_no,deal_date,close_date,deal_type,deal_value,deal_money,company_name,equ_no\n", NULL);
    one.result.file.codec->explain(&one.result.file, clr_bytes_text("\"x,y\",ABCDEFGH,,,,,,,\n"), show, &shown);
    assert_int_equal(shown.count, 9);
    assert_string_equal(shown.station, "x,y");
    shown = (struct shown){ 0 };
    codec_named("szt-json")->explain(NULL, clr_bytes_text("{\"station\":\"x\",\"other\":1,\"card_no\":\"AB\"}"), show, &shown);
    assert_int_equal(shown.count, 2);
    assert_string_equal(shown.station, "x");
    shown = (struct shown){ 0 };
    codec_named("szt-json")->explain(NULL, clr_bytes_text("garbage"), show, &shown);
    assert_int_equal(shown.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_in_order),   cmocka_unit_test(fields_of_a_row),  cmocka_unit_test(kinds_and_flags),
        cmocka_unit_test(header_lines),        cmocka_unit_test(escapes_are_undone), cmocka_unit_test(profile_switches),
        cmocka_unit_test(json_objects),        cmocka_unit_test(json_that_is_no_list), cmocka_unit_test(csv_and_json_agree),
        cmocka_unit_test(explains_fields_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
