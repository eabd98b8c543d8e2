/*
 * test_jsetc_schema.c: messages of ours against the structure that the interface document gives: which elements, in which order, of which form.
 *
 * The structure is written down here once more, from the document, and read by a scanner of its own: neither the codec's tables nor expat are used.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "jsetc_world.h"

/* ---- the document's structure ---- */

enum form { HEX2, HEX4, HEX8, HEX12, HEX16, HEX76, OBU_ID, INTEGER, PACKAGE, MONEY, DAY, DAY8, TIME_T, TIME_BLANK, TEXT, GROUP };

struct element {
    const char *name;
    enum form form;
    char times;                             /* 1 once, ? at most once, * any number */
    const struct element *inside;           /* of a GROUP; ends with a NULL name */
    const char *attributes;                 /* names, with blanks between them; each is a number */
};
#define END { NULL, TEXT, 0, NULL, NULL }
#define ONE(name, form) { name, form, '1', NULL, NULL }
#define SOME(name, form) { name, form, '?', NULL, NULL }
#define MANY(name, inside) { name, GROUP, '*', inside, NULL }
#define PART(name, inside) { name, GROUP, '1', inside, NULL }

static const struct element header[] = { ONE("Version", HEX8), ONE("MessageClass", INTEGER), ONE("MessageType", INTEGER), ONE("SenderId", HEX16),
                                         ONE("ReceiverId", HEX16), ONE("MessageId", INTEGER), END };
static const struct element service[] = { ONE("ServiceType", INTEGER), ONE("Description", TEXT), ONE("Detail", TEXT), END };
static const struct element card[] = { ONE("CardType", INTEGER), ONE("NetNo", HEX4), ONE("CardId", HEX16), ONE("License", TEXT), SOME("TransNo", HEX4),
                                       ONE("PreBalance", MONEY), ONE("PostBalance", MONEY), END };
static const struct element validation[] = { ONE("TAC", HEX8), ONE("TransType", HEX2), ONE("TerminalNo", HEX12), ONE("TerminalTransNo", HEX8), END };
static const struct element obu[] = { ONE("NetNo", HEX4), ONE("OBUId", OBU_ID), ONE("OBEState", HEX4), ONE("License", TEXT), END };
static const struct element transaction[] = { ONE("TransId", INTEGER), ONE("Time", TIME_BLANK), ONE("Fee", MONEY), PART("Service", service),
                                              PART("ICCard", card), PART("Validation", validation), PART("OBU", obu), ONE("CustomizedData", HEX76),
                                              SOME("Id", TEXT), SOME("name", TEXT), SOME("parkTime", TEXT), SOME("vehicleType", INTEGER),
                                              SOME("algorithmIdentifier", INTEGER), END };
static const struct element originals[] = { ONE("ClearTargetDate", DAY), ONE("ServiceProviderId", HEX16), ONE("IssuerId", HEX16), ONE("MessageId", INTEGER),
                                            ONE("Count", INTEGER), ONE("Amount", MONEY), MANY("Transaction", transaction), END };
static const struct element result[] = { ONE("TransId", INTEGER), ONE("Result", INTEGER), END };
static const struct element refunded[] = { ONE("TransId", INTEGER), ONE("Amount", MONEY), END };
static const struct element dispute_list[] = { ONE("MessageId", INTEGER), ONE("Count", INTEGER), ONE("Amount", MONEY), MANY("Transaction", result), END };
static const struct element refund_list[] = { ONE("MessageId", INTEGER), ONE("Count", INTEGER), ONE("Amount", MONEY), MANY("Transaction", refunded), END };
static const struct element dispute[] = { ONE("ClearingOperatorId", HEX16), ONE("ServiceProviderId", HEX16), ONE("IssuerId", HEX16), ONE("FileId", INTEGER),
                                          ONE("ProcessTime", TIME_T), ONE("Count", INTEGER), SOME("Amount", MONEY), MANY("MessageList", dispute_list), END };
static const struct element refund[] = { ONE("ClearTargetDate", DAY), ONE("ServiceProviderId", HEX16), ONE("IssuerId", HEX16), ONE("MessageId", INTEGER),
                                         ONE("ProcessTime", TIME_T), ONE("Count", INTEGER), ONE("Amount", MONEY), MANY("MessageList", refund_list), END };
static const struct element account[] = { ONE("ServiceProviderId", HEX16), ONE("IssuerId", HEX16), ONE("MessageId", INTEGER), ONE("ProcessTime", TIME_T),
                                          ONE("Count", INTEGER), ONE("Amount", MONEY), ONE("DisputedCount", INTEGER), MANY("DisputedRecord", result), END };
static const struct element totals_list[] = { ONE("ServiceProviderId", HEX16), { "MessageId", PACKAGE, '*', NULL, NULL }, { "FileId", INTEGER, '*', NULL, NULL }, END };
static const struct element totals[] = { ONE("ClearTargetDate", DAY), ONE("Amount", MONEY), ONE("Count", INTEGER), ONE("ProcessTime", TIME_T),
                                         SOME("IssuerId", HEX16), { "List", GROUP, '*', totals_list, "MessageCount FileCount" }, END };
static const struct element confirmation[] = { ONE("MessageId", INTEGER), ONE("ProcessTime", TIME_T), ONE("Result", INTEGER), SOME("ClearTargetDate", DAY8), END };

static const struct element *const bodies[CLR_JSETC_VARIANTS] = {
    [CLR_JSETC_ORIGINALS] = originals, [CLR_JSETC_DISPUTE] = dispute, [CLR_JSETC_REFUND] = refund, [CLR_JSETC_ACCOUNT] = account,
    [CLR_JSETC_TOTALS] = totals, [CLR_JSETC_CONFIRMATION] = confirmation,
};

/* ---- the scanner ---- */

struct scan {
    const char *at, *end;
    char trouble[160];
};

static bool broken(struct scan *scan, const char *what, const char *name)
{
    if (scan->trouble[0] == '\0') snprintf(scan->trouble, sizeof scan->trouble, "%s: %s, at %.40s", name, what, scan->at);
    return false;
}

static void blanks(struct scan *scan)
{
    while (scan->at < scan->end && (*scan->at == ' ' || *scan->at == '\n')) scan->at++;
}

static bool literal(struct scan *scan, const char *text)
{
    const size_t size = strlen(text);

    if ((size_t)(scan->end - scan->at) < size || memcmp(scan->at, text, size) != 0) return false;
    scan->at += size;
    return true;
}

/* A pattern: 9 a digit, X a hexadecimal digit in upper case, anything else itself. */
static bool fits(const char *text, size_t size, const char *pattern)
{
    if (size != strlen(pattern)) return false;
    for (size_t i = 0; i < size; i++) {
        const bool digit = text[i] >= '0' && text[i] <= '9', letter = text[i] >= 'A' && text[i] <= 'F';
        if (pattern[i] == '9' ? !digit : pattern[i] == 'X' ? !digit && !letter : text[i] != pattern[i]) return false;
    }
    return true;
}

static bool whole_number(const char *text, size_t size)
{
    if (size == 0 || size > 18 || (size > 1 && text[0] == '0')) return false;
    for (size_t i = 0; i < size; i++) {
        if (text[i] < '0' || text[i] > '9') return false;
    }
    return true;
}

static bool has_form(const char *text, size_t size, enum form form)
{
    static const char *const pattern[] = { [HEX2] = "XX", [HEX4] = "XXXX", [HEX8] = "XXXXXXXX", [HEX12] = "XXXXXXXXXXXX", [HEX16] = "XXXXXXXXXXXXXXXX",
        [HEX76] = "XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX", [DAY] = "9999-99-99", [DAY8] = "99999999",
        [TIME_T] = "9999-99-99T99:99:99", [TIME_BLANK] = "9999-99-99 99:99:99" };

    switch (form) {
    case INTEGER: return whole_number(text, size);
    case PACKAGE: return size == 0 || whole_number(text, size);
    case OBU_ID: return size == 0 || fits(text, size, pattern[HEX12]) || fits(text, size, pattern[HEX16]);
    case MONEY: return size > 3 && fits(text + size - 3, 3, ".99") && whole_number(text, size - 3);
    case TEXT: return true;
    default: return fits(text, size, pattern[form]);
    }
}

static bool scan_inside(struct scan *scan, const struct element *inside, const char *name);

static bool attribute(struct scan *scan, const char *name, size_t size)
{
    if (!literal(scan, " ") || (size_t)(scan->end - scan->at) <= size || memcmp(scan->at, name, size) != 0) return false;
    scan->at += size;
    if (!literal(scan, "=\"")) return false;
    const char *const from = scan->at;
    while (scan->at < scan->end && *scan->at != '"') scan->at++;
    return whole_number(from, (size_t)(scan->at - from)) && literal(scan, "\"");
}

/* One element after its name was read. */
static bool scan_rest(struct scan *scan, const struct element *element)
{
    for (const char *name = element->attributes; name != NULL && *name != '\0';) {
        const size_t size = strcspn(name, " ");
        if (!attribute(scan, name, size)) return broken(scan, "attributes", element->name);
        name += size + (name[size] == ' ');
    }
    if (element->form == PACKAGE && literal(scan, "/>")) return true;
    if (!literal(scan, ">")) return broken(scan, "more in its tag", element->name);
    if (element->form == GROUP) return scan_inside(scan, element->inside, element->name);
    const char *const from = scan->at;
    while (scan->at < scan->end && *scan->at != '<') scan->at++;
    if (!has_form(from, (size_t)(scan->at - from), element->form)) return broken(scan, "not of its form", element->name);
    return literal(scan, "</") && literal(scan, element->name) && literal(scan, ">") ? true : broken(scan, "more than text", element->name);
}

static bool opens(struct scan *scan, const char *name)
{
    const char *const from = scan->at;

    blanks(scan);
    if (literal(scan, "<") && literal(scan, name) && scan->at < scan->end && strchr(" >/", *scan->at) != NULL) return true;
    scan->at = from;
    return false;
}

static bool scan_inside(struct scan *scan, const struct element *inside, const char *name)
{
    for (; inside->name != NULL; inside++) {
        unsigned count = 0;
        while ((inside->times == '*' || count == 0) && opens(scan, inside->name)) {
            if (!scan_rest(scan, inside)) return false;
            count++;
        }
        if (inside->times == '1' && count != 1) return broken(scan, "missing here", inside->name);
    }
    blanks(scan);
    return literal(scan, "</") && literal(scan, name) && literal(scan, ">") ? true : broken(scan, "something else in it", name);
}

/* @return "" when the message has the structure of its variant */
static const char *structure(struct scan *scan, struct clr_bytes bytes, enum clr_jsetc_variant variant)
{
    const struct element body = { "Body", GROUP, '1', bodies[variant], "ContentType" };
    const struct element parts[] = { PART("Header", header), body, END };
    const struct element whole[] = { PART("Message", parts), END };

    *scan = (struct scan){ (const char *)bytes.data, (const char *)bytes.data + bytes.size, "" };
    if (!literal(scan, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")) return "no declaration";
    if (!opens(scan, "Message") || !scan_rest(scan, whole)) return scan->trouble[0] == '\0' ? "no Message" : scan->trouble;
    blanks(scan);
    return scan->at == scan->end ? "" : "more behind the message";
}

/* ---- tests ---- */

#define SEEDS 200
#define TEXT_SIZE (1 << 20)

static void what_we_write_has_the_structure(void **state)
{
    struct jsetc_whole *const made = malloc(sizeof *made);
    char *const text = malloc(TEXT_SIZE);
    struct scan scan;

    (void)state;
    assert_true(made != NULL && text != NULL);
    made->item = malloc(JSETC_ITEMS_MAX * sizeof *made->item);
    for (unsigned variant = CLR_JSETC_ORIGINALS; variant < CLR_JSETC_VARIANTS; variant++) {
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
            uint64_t random = seed * 15485863 + variant;
            size_t size;
            jsetc_make(made, (enum clr_jsetc_variant)variant, &random);
            assert_int_equal(jsetc_write(made, false, text, TEXT_SIZE - 1, &size), CLR_OK);
            text[size] = '\0';
            const char *const trouble = structure(&scan, clr_bytes_of(text, size), (enum clr_jsetc_variant)variant);
            if (trouble[0] != '\0') fail_msg("variant %u, seed %d: %s\n%s", variant, (int)seed, trouble, text);
        }
    }
    free(made->item);
    free(made);
    free(text);
}

#define HEAD                                                                                                                                    \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Message><Header><Version>00020000</Version><MessageClass>5</MessageClass>"                        \
    "<MessageType>5</MessageType><SenderId>0000000000000020</SenderId><ReceiverId>00000000000000FD</ReceiverId><MessageId>7</MessageId></Header>"
#define BODY                                                                                                                                    \
    "<Body ContentType=\"1\"><ServiceProviderId>00000000000000FD</ServiceProviderId><IssuerId>0000000000000020</IssuerId><MessageId>9</MessageId>"  \
    "<ProcessTime>2026-03-03T10:15:36</ProcessTime><Count>3</Count><Amount>1.00</Amount><DisputedCount>1</DisputedCount>"                           \
    "<DisputedRecord><TransId>1</TransId><Result>3</Result></DisputedRecord></Body></Message>\n"

/* A check that passes everything would be worth nothing. */
static void the_check_can_fail(void **state)
{
    static const struct { const char *name, *from, *to; bool good; } cases[] = {
        { "as it is", "", "", true },
        { "no disputed record", "<DisputedRecord><TransId>1</TransId><Result>3</Result></DisputedRecord>", "", true },
        { "order", "<Count>3</Count><Amount>1.00</Amount>", "<Amount>1.00</Amount><Count>3</Count>", false },
        { "missing", "<Count>3</Count>", "", false },
        { "twice", "<Count>3</Count>", "<Count>3</Count><Count>3</Count>", false },
        { "unknown", "<Count>3</Count>", "<Count>3</Count><New/>", false },
        { "a short id", ">0000000000000020</S", ">20</S", false },
        { "small letters", "00FD</S", "00fd</S", false },
        { "a number with a zero in front", ">9<", ">09<", false },
        { "money without decimals", ">1.00<", ">1<", false },
        { "a blank in the time", "03T10", "03 10", false },
        { "no content type", " ContentType=\"1\"", "", false },
        { "in a record", "<Result>3</Result>", "", false },
        { "behind it", "</Message>\n", "</Message>\nx", false },
        { "no declaration", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", "", false },
    };
    static char text[4096];
    struct scan scan;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *const base = HEAD BODY, *const found = strstr(base, cases[i].from);
        assert_non_null(found);
        const int size = snprintf(text, sizeof text, "%.*s%s%s", (int)(found - base), base, cases[i].to, found + strlen(cases[i].from));
        const char *const trouble = structure(&scan, clr_bytes_of(text, (size_t)size), CLR_JSETC_ACCOUNT);
        if ((trouble[0] == '\0') != cases[i].good) fail_msg("%s: %s", cases[i].name, trouble);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(what_we_write_has_the_structure), cmocka_unit_test(the_check_can_fail) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
