/* test_jsetc.c: one package, one element of it changed at a time; what becomes of replies; money in yuan and in fen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../codecs/codecs.h"
#include "../codecs/jsetc_schema.h"
#include "codec_one.h"

#define MALFORMED REASON(MALFORMED)
#define TWIN "5A17C0DE000005DC0901320002D9FD00010BC0202603021015300000000048440000" "4E20002A"
#define PACKAGE                                                                                                                            \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Message><Header><Version>00010000</Version><MessageClass>5</MessageClass>"                  \
    "<MessageType>7</MessageType><SenderId>00000000000000FD</SenderId><ReceiverId>0000000000000020</ReceiverId>"                            \
    "<MessageId>6800</MessageId></Header><Body ContentType=\"1\"><ClearTargetDate>2026-03-02</ClearTargetDate>"                             \
    "<ServiceProviderId>00000000000000FD</ServiceProviderId><IssuerId>0000000000000020</IssuerId><MessageId>6800</MessageId>"               \
    "<Count>1</Count><Amount>15.00</Amount><Transaction><TransId>1</TransId><Time>2026-03-02 10:15:30</Time><Fee>15.00</Fee>"               \
    "<Service><ServiceType>2</ServiceType><Description>words</Description>"                                                               \
    "<Detail>1|04|3201|0017|0003|20260302 101530|03|3201|0042|0001|20260302 081530</Detail></Service>"                                      \
    "<ICCard><CardType>22</CardType><NetNo>3201</NetNo><CardId>4000000000001001</CardId><License>Z1</License>"                              \
    "<PreBalance>200.00</PreBalance><PostBalance>185.00</PostBalance></ICCard>"                                                           \
    "<Validation><TAC>5A17C0DE</TAC><TransType>09</TransType><TerminalNo>01320002D9FD</TerminalNo>"                                        \
    "<TerminalTransNo>00010BC0</TerminalTransNo></Validation><OBU><NetNo>3201</NetNo><OBUId>3201000000000001</OBUId>"                       \
    "<OBEState>0205</OBEState><License>Z1</License></OBU><CustomizedData>" TWIN "</CustomizedData></Transaction></Body></Message>"

/* The package with the first `from` replaced. */
static struct clr_bytes change(const char *from, const char *to)
{
    static char text[8192];
    const char *const base = PACKAGE;
    const char *const found = strstr(base, from);

    if (found == NULL) fail_msg("the package has no %s", from);
    const int size = snprintf(text, sizeof text, "%.*s%s%s", (int)(found - base), base, to, found + strlen(from));
    assert_true(size > 0 && (size_t)size < sizeof text);
    return clr_bytes_of(text, (size_t)size);
}

static void decode(struct one *one, struct clr_bytes bytes, bool fen)
{
    const struct drive_options options = { .yuan = fen };        /* the other unit than the format's own */

    one_decode(one, &clr_codec_jsetc, bytes, &options);
}

static void a_transaction_in_full(void **state)
{
    static struct one one;
    const struct clr_raw *const raw = &one.raw;

    (void)state;
    decode(&one, clr_bytes_text(PACKAGE), false);
    one_check(&one, "as it is", &(struct want){ 0 });
    one_check_findings(&one, "as it is", 0);
    assert_int_equal(raw->product, CLR_PRODUCT_TOLL);
    assert_int_equal(raw->kind, CLR_KIND_PURCHASE);
    assert_int_equal(raw->amount_fen, 1500);
    assert_int_equal(raw->price_fen, 1500);
    assert_int_equal(raw->balance_fen, 20000);
    assert_int_equal(raw->flags, CLR_FLAG_HAS_BALANCE | CLR_FLAG_HAS_TAC);
    assert_int_equal(raw->counter, 0x2a);
    assert_int_equal(raw->tac, 0x5a17c0de);
    assert_int_equal(raw->type, 9);
    assert_int_equal(raw->sam, 0x01320002d9fd);
    assert_int_equal(raw->sam_serial, 0x10bc0);
    assert_int_equal(raw->traded_at_s, clr_time_of(2026, 3, 2, 10, 15, 30));
    assert_int_equal(raw->declared_day, clr_day_of_date(2026, 3, 2));
    assert_int_equal(raw->toll.entered_at_s, clr_time_of(2026, 3, 2, 8, 15, 30));
    assert_int_equal(raw->toll.message_id, 6800);
    assert_int_equal(raw->toll.trans_id, 1);
    assert_int_equal(raw->toll.event, 1);
    assert_int_equal(raw->toll.reply, CLR_REPLY_NONE);
    one_check_text("card", raw->card, "32014000000000001001");
    one_check_text("unit", raw->unit, "FD");
    one_check_text("provider", raw->toll.provider, "FD");
    one_check_text("station", raw->toll.station, "0017");
    one_check_text("id", raw->id, "C 3201 4000000000001001 01320002D9FD 00010BC0 20260302101530 1");
    assert_string_equal(one.result.file.file_id, "5/7/1/FD/6800");
    assert_string_equal(one.result.file.sender, "FD");
}

static void records(void **state)
{
    static const struct { const char *name, *from, *to; struct want want; } cases[] = {
        { "a T in the time", "02 10:15:30</Time>", "02T10:15:30</Time>", { 0 } },
        { "small letters in numbers", "5A17C0DE</TAC>", "5a17c0de</TAC>", { 0 } },
        { "blanks around a text", "<Fee>15.00<", "<Fee>\n 15.00\t<", { 0 } },
        { "one decimal", "<Fee>15.00<", "<Fee>15.0<", { 0 } },
        { "no decimals", "<Fee>15.00<", "<Fee>15<", { 0 } },
        { "purse type of another sort", "<TransType>09<", "<TransType>06<", { REASON(FIELD_MISMATCH), NULL, 0 } },
        { "OBUId of 12 digits", "<OBUId>3201000000000001<", "<OBUId>320100000001<", { 0 } },
        { "no OBU", "<OBUId>3201000000000001<", "<OBUId><", { 0 } },
        { "OBUState", "<OBEState>0205</OBEState>", "<OBUState>205</OBUState>", { 0 } },
        { "TransNo in hexadecimal", "<PreBalance>", "<TransNo>002A</TransNo><PreBalance>", { 0 } },
        { "TransNo in decimal", "<PreBalance>", "<TransNo>42</TransNo><PreBalance>", { 0 } },
        { "TransNo of another trade", "<PreBalance>", "<TransNo>43</TransNo><PreBalance>", { REASON(FIELD_MISMATCH), NULL, 0 } },
        { "SM4", "</CustomizedData>", "</CustomizedData><algorithmIdentifier>2</algorithmIdentifier>", { 0 } },
        { "an unknown element", "<TransId>", "<New><More>1</More></New><TransId>", { 0 } },
        { "an unknown attribute", "<TransId>", "<TransId new=\"1\">", { 0 } },
        { "no plate", "<License>Z1</License><PreBalance>", "<PreBalance>", { 0 } },
        { "no entry time", "|20260302 081530<", "|<", { 0 } },
        { "times without a blank", "20260302 081530<", "20260302081530<", { 0 } },
        { "fen where yuan are expected", "<Fee>15.00<", "<Fee>1500<", { REASON(FIELD_MISMATCH) | REASON(ARITHMETIC), NULL, 0 } },
        { "another fee", "<Fee>15.00<", "<Fee>15.01<", { REASON(FIELD_MISMATCH) | REASON(ARITHMETIC), NULL, 0 } },
        { "another balance", "185.00<", "185.01<", { REASON(FIELD_MISMATCH) | REASON(ARITHMETIC), NULL, 0 } },
        { "another TAC", "5A17C0DE</TAC>", "5A17C0DF</TAC>", { REASON(FIELD_MISMATCH), NULL, 0 } },
        { "another terminal", "01320002D9FD</Term", "01320002D9FE</Term", { REASON(FIELD_MISMATCH), NULL, 0 } },
        { "another terminal counter", "00010BC0</Term", "00010BC1</Term", { REASON(FIELD_MISMATCH), NULL, 0 } },
        { "another time", "10:15:30</Time>", "10:15:31</Time>", { REASON(FIELD_MISMATCH), NULL, 0 } },
        { "a twin that is no time", "20260302101530000", "2026030210153A000", { REASON(FIELD_MISMATCH), NULL, 0 } },
        { "a negative fee", "<Fee>15.00<", "<Fee>-15.00<", { REASON(SIGN) | REASON(ARITHMETIC), NULL, 0 } },
        { "no TAC", "5A17C0DE</TAC>", "</TAC>", { REASON(TAC_ABSENT), NULL, 0 } },
        { "a constant for a TAC", "5A17C0DE</TAC>", "FFFFFFFF</TAC>", { REASON(TAC_ABSENT) | REASON(FIELD_MISMATCH), NULL, 0 } },
        { "a type that is none", "<TransType>09<", "<TransType>02<", { REASON(UNKNOWN_TYPE) | REASON(FIELD_MISMATCH), NULL, 0 } },
        { "no such day", "2026-03-02 10", "2026-02-30 10", { REASON(BAD_DATE) | REASON(FIELD_MISMATCH), NULL, 0 } },
        { "no such exit time", "20260302 101530", "20260302 251530", { REASON(BAD_DATE), NULL, 0 } },
        { "a fraction", "10:15:30</Time>", "10:15:30.5</Time>", { MALFORMED, "time", CLR_RULE_LENGTH } },
        { "a zone", "10:15:30</Time>", "10:15:30Z</Time>", { MALFORMED, "time", CLR_RULE_LENGTH } },
        { "three decimals", "<Fee>15.00<", "<Fee>15.000<", { MALFORMED, "fee", CLR_RULE_RANGE } },
        { "a plus", "<Fee>15.00<", "<Fee>+15.00<", { MALFORMED, "fee", CLR_RULE_DIGITS } },
        { "no record number", "<TransId>1<", "<TransId><", { MALFORMED, "trans_id", CLR_RULE_MISSING } },
        { "record number 0", "<TransId>1<", "<TransId>0<", { MALFORMED, "trans_id", CLR_RULE_RANGE } },
        { "ten parts of Detail", "1|04|", "04|", { MALFORMED, "detail", CLR_RULE_COLUMNS } },
        { "twelve parts of Detail", "1|04|", "1|04||", { MALFORMED, "detail", CLR_RULE_COLUMNS } },
        { "an exit time of another form", "20260302 101530", "2026-03-02 10:15:30", { MALFORMED, "detail", CLR_RULE_LENGTH } },
        { "no Detail", "<Detail>1|04|3201|0017|0003|20260302 101530|03|3201|0042|0001|20260302 081530</Detail>", "", { MALFORMED, "detail", CLR_RULE_MISSING } },
        { "another card type", "<CardType>22<", "<CardType>24<", { MALFORMED, "card_type", CLR_RULE_CODE } },
        { "a network of three digits", "<NetNo>3201<", "<NetNo>321<", { MALFORMED, "card_network", CLR_RULE_LENGTH } },
        { "a card with a word in it", "<CardId>4000000000001001<", "<CardId>40000000000010ZZ<", { MALFORMED, "card", CLR_RULE_HEX } },
        { "a balance above 32 bits", "200.00<", "42949672.96<", { MALFORMED, "balance_before", CLR_RULE_RANGE } },
        { "a balance below zero", "185.00<", "-185.00<", { MALFORMED, "balance_after", CLR_RULE_SIGN } },
        { "no TAC element", "<TAC>5A17C0DE</TAC>", "", { MALFORMED, "tac", CLR_RULE_MISSING } },
        { "a TAC of seven digits", "5A17C0DE</TAC>", "5A17C0D</TAC>", { MALFORMED, "tac", CLR_RULE_LENGTH } },
        { "a terminal as documented", "01320002D9FD</Term", "01</Term", { MALFORMED, "terminal", CLR_RULE_LENGTH } },
        { "an OBUId of 8 digits", "<OBUId>3201000000000001<", "<OBUId>32010001<", { MALFORMED, "obu_id", CLR_RULE_LENGTH } },
        { "75 digits of CustomizedData", "2A</Cus", "A</Cus", { MALFORMED, "customized_data", CLR_RULE_LENGTH } },
        { "a G in CustomizedData", "2A</Cus", "2G</Cus", { MALFORMED, "customized_data", CLR_RULE_HEX } },
        { "a fee twice", "</Fee>", "</Fee><Fee>15.00</Fee>", { MALFORMED, "fee", CLR_RULE_TWICE } },
        { "an element in a field", "<Fee>15.00<", "<Fee>15<i/>.00<", { MALFORMED, "", CLR_RULE_CHARSET } },
        { "words between elements", "<ICCard>", "words<ICCard>", { MALFORMED, "", CLR_RULE_CHARSET } },
        { "a control character as a reference", "words<", "a&#9;b&#127;<", { MALFORMED, "description", CLR_RULE_CHARSET } },
        { "a third algorithm", "</CustomizedData>", "</CustomizedData><algorithmIdentifier>3</algorithmIdentifier>", { MALFORMED, "algorithm", CLR_RULE_CODE } },
    };
    static struct one one;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        decode(&one, change(cases[i].from, cases[i].to), false);
        assert_int_equal(one.result.records, 1);
        one_check(&one, cases[i].name, &cases[i].want);
    }
}

static void messages(void **state)
{
    static const struct { const char *name, *from, *to; unsigned findings; } cases[] = {
        { "as it is", "", "", 0 },
        { "header version 2", "00010000", "00020000", 0 },
        { "sent on by another", "<SenderId>00000000000000FD", "<SenderId>0000000000000020", 0 },
        { "a participant without zeros", "<SenderId>00000000000000FD", "<SenderId>fd", 0 },
        { "another day form", "<ClearTargetDate>2026-03-02", "<ClearTargetDate>20260302", 0 },
        { "header version 3", "00010000", "00030000", 1u << CLR_FILE_REASON_FRAMING },
        { "a wrong count", "<Count>1", "<Count>2", 1u << CLR_FILE_REASON_RECORDS },
        { "a wrong sum", "<Amount>15.00", "<Amount>15.01", 1u << CLR_FILE_REASON_SUM },
        { "fen for a sum", "<Amount>15.00", "<Amount>1500", 1u << CLR_FILE_REASON_SUM },
        { "both", "<Count>1</Count><Amount>15.00", "<Count>7</Count><Amount>0.00", 1u << CLR_FILE_REASON_RECORDS | 1u << CLR_FILE_REASON_SUM },
        { "no count", "<Count>1</Count>", "", 1u << CLR_FILE_REASON_FRAMING },
        { "a count in words", "<Count>1", "<Count>one", 1u << CLR_FILE_REASON_FRAMING },
        { "header and body number differ", "<MessageId>6800</MessageId></Header>", "<MessageId>6801</MessageId></Header>", 1u << CLR_FILE_REASON_FRAMING },
        { "no provider", "00000000000000FD</ServiceP", "</ServiceP", 1u << CLR_FILE_REASON_FRAMING },
        { "provider 0", "00000000000000FD</ServiceP", "0</ServiceP", 1u << CLR_FILE_REASON_FRAMING },
        { "a day that is none", "<ClearTargetDate>2026-03-02", "<ClearTargetDate>2026-02-30", 1u << CLR_FILE_REASON_FRAMING },
        { "a field behind the records", "</Body>", "<Count>1</Count></Body>", 1u << CLR_FILE_REASON_FRAMING },
        { "words in the body", "<IssuerId>", "words<IssuerId>", 1u << CLR_FILE_REASON_FRAMING },
        { "an issuer twice", "</IssuerId>", "</IssuerId><IssuerId>21</IssuerId>", 1u << CLR_FILE_REASON_FRAMING },
        { "a fee that cannot be read, so no sum", "<Fee>15.00", "<Fee>x", 0 },
    };
    static struct one one;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        decode(&one, change(cases[i].from, cases[i].to), false);
        if (one.result.status != CLR_OK) fail_msg("%s: refused: %s", cases[i].name, one.result.fault.en);
        one_check_findings(&one, cases[i].name, cases[i].findings);
    }
}

static void not_messages(void **state)
{
    static const struct { const char *name, *from, *to; unsigned finding; uint64_t line; } cases[] = {
        { "an adjustment", "ContentType=\"1\"", "ContentType=\"9\"", CLR_FILE_REASON_FRAMING, 1 },
        { "no content type", " ContentType=\"1\"", "", CLR_FILE_REASON_FRAMING, 1 },
        { "a status list", "<MessageType>7", "<MessageType>10", CLR_FILE_REASON_FRAMING, 1 },
        { "no end", "</Message>", "", CLR_FILE_REASON_FRAMING, 1 },
        { "an element left open", "</Fee>", "", CLR_FILE_REASON_FRAMING, 1 },
        { "on its line", "<Fee>15.00</Fee>", "\n\n<Fee>15.00\n</Fie>", CLR_FILE_REASON_FRAMING, 4 },
        { "two headers", "</Header>", "</Header><Header></Header>", CLR_FILE_REASON_FRAMING, 1 },
        { "a document type", "<Message>", "<!DOCTYPE Message SYSTEM \"file:///etc/passwd\"><Message>", CLR_FILE_REASON_FRAMING, 1 },
        { "an entity", "words", "&words;", CLR_FILE_REASON_FRAMING, 1 },
        { "GBK", "UTF-8", "GBK", CLR_FILE_REASON_ENCODING, 1 },
        { "not UTF-8", "words", "\xcb\xd5", CLR_FILE_REASON_FRAMING, 1 },
        { "half a pair", "words", "\xed\xa0\x80", CLR_FILE_REASON_FRAMING, 1 },
    };
    static struct one one;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        decode(&one, change(cases[i].from, cases[i].to), false);
        if (one.result.status != CLR_REFUSED) fail_msg("%s: not refused", cases[i].name);
        if (one.result.fault.line != cases[i].line) fail_msg("%s: line %d", cases[i].name, (int)one.result.fault.line);
        if (one.result.fault.zh[0] == '\0') fail_msg("%s: nothing in Chinese", cases[i].name);
        one_check_findings(&one, cases[i].name, 1u << cases[i].finding);
    }
}

/* A sender whose profile says fen. */
static void fen_is_fen(void **state)
{
    static struct one one;
    static char text[8192];

    (void)state;
    decode(&one, clr_bytes_text(PACKAGE), true);             /* decimals are none */
    one_check(&one, "yuan read as fen", &(struct want){ MALFORMED, "fee", CLR_RULE_DIGITS });
    snprintf(text, sizeof text, "%s", PACKAGE);
    static const char *const yuan[] = { "<Amount>15.00<", "<Fee>15.00<", "<PreBalance>200.00<", "<PostBalance>185.00<" };
    for (size_t i = 0; i < 4; i++) {
        char *const at = strstr(text, yuan[i]), *const point = strchr(at, '.');
        memmove(point, point + 1, strlen(point));
    }
    decode(&one, clr_bytes_text(text), true);
    one_check(&one, "fen", &(struct want){ 0 });
    one_check_findings(&one, "fen", 0);
    assert_int_equal(one.raw.amount_fen, 1500);
    assert_int_equal(one.raw.balance_fen, 20000);
}

/* The same package resent has the same id, whatever stands around its texts. */
static void a_resent_package_has_the_same_id(void **state)
{
    static struct one one;

    (void)state;
    decode(&one, change("00000000000000FD</ServiceP", "  fd\n</ServiceP"), false);
    assert_string_equal(one.result.file.file_id, "5/7/1/FD/6800");
    decode(&one, change("<MessageId>6800</MessageId><Count>", "<MessageId>0000006800</MessageId><Count>"), false);
    assert_string_equal(one.result.file.file_id, "5/7/1/FD/6800");
    decode(&one, change("<MessageId>6800</MessageId><Count>", "<MessageId>6801</MessageId><Count>"), false);
    assert_string_equal(one.result.file.file_id, "5/7/1/FD/6801");
    decode(&one, change("<MessageId>6800</MessageId><Count>", "<MessageId></MessageId><Count>"), false);
    assert_string_equal(one.result.file.file_id, "");
}

/* What `why` shows of a record is what stands in it. */
struct shown {
    unsigned count;
    bool fee, customized;
};

static void show(void *context, unsigned field, struct clr_bytes text)
{
    struct shown *const shown = context;

    shown->count++;
    if (field == CLR_JSETC_FEE) shown->fee = clr_bytes_equal(text, clr_bytes_text("15.00"));
    if (field == CLR_JSETC_CUSTOMIZED) shown->customized = clr_bytes_equal(text, clr_bytes_text(TWIN));
}

static void a_record_is_explained(void **state)
{
    static struct one one;
    const struct clr_bytes package = clr_bytes_text(PACKAGE);
    struct shown shown = { 0 };

    (void)state;
    decode(&one, package, false);
    assert_memory_equal(package.data + one.raw.offset, "<Transaction>", 13);
    assert_memory_equal(package.data + one.raw.offset + one.raw.size - 14, "</Transaction>", 14);
    clr_codec_jsetc.explain(&one.result.file, clr_bytes_of(package.data + one.raw.offset, one.raw.size), show, &shown);
    assert_int_equal(shown.count, 21);
    assert_true(shown.fee && shown.customized);
    shown.count = 0;
    clr_codec_jsetc.explain(&one.result.file, clr_bytes_text("no element"), show, &shown);
    assert_int_equal(shown.count, 0);
}

static void what_is_recognised(void **state)
{
    static const struct { const char *text; int likeness; } cases[] = {
        { PACKAGE, 2 }, { "\xef\xbb\xbf\n <Message><Header><MessageClass>5", 2 }, { "<Message >\n", 1 }, { "<Messages><MessageClass>", 0 },
        { "<Message", 0 }, { "id,product\n<Message>", 0 }, { "", 0 }, { "<html>", 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(clr_codec_jsetc.sniff(clr_bytes_text(cases[i].text), "any.name"), cases[i].likeness);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_transaction_in_full), cmocka_unit_test(records),
        cmocka_unit_test(messages),              cmocka_unit_test(not_messages),
        cmocka_unit_test(fen_is_fen),            cmocka_unit_test(a_resent_package_has_the_same_id),
        cmocka_unit_test(a_record_is_explained), cmocka_unit_test(what_is_recognised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
