/*
 * test_jsetc_hostile.c: bytes meant to hurt the reader of messages: entities, depth, size, broken encodings, and every way to be cut off. Each is
 * refused or read with a finding, in bounded time and memory; the tests have CTest's limit on time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../codecs/codecs.h"
#include "codec_drive.h"

#define HEAD                                                                                                                                      \
    "<Message><Header><Version>00010000</Version><MessageClass>5</MessageClass><MessageType>5</MessageType>"                                        \
    "<SenderId>0000000000000020</SenderId><ReceiverId>00000000000000FD</ReceiverId><MessageId>7</MessageId></Header>"
#define BODY                                                                                                                                      \
    "<Body ContentType=\"1\"><ServiceProviderId>FD</ServiceProviderId><IssuerId>20</IssuerId><MessageId>9</MessageId>"                              \
    "<ProcessTime>2026-03-03T10:15:36</ProcessTime><Count>3</Count><Amount>1.00</Amount><DisputedCount>1</DisputedCount>"
#define DISPUTE                                                                                                                                   \
    "<Message><Header><Version>00010000</Version><MessageClass>5</MessageClass><MessageType>7</MessageType>"                                        \
    "<SenderId>0000000000000020</SenderId><ReceiverId>00000000000000FD</ReceiverId><MessageId>7</MessageId></Header><Body ContentType=\"2\">"
#define RECORD "<DisputedRecord><TransId>1</TransId><Result>3</Result></DisputedRecord>"
#define TAIL "</Body></Message>"

static void nothing(void *context, const struct clr_codec_file *file, const struct clr_raw *raw, struct clr_bytes block, uint64_t offset)
{
    uint64_t *const malformed = context;

    (void)file;
    (void)offset;
    assert_true((size_t)raw->offset + raw->size <= block.size && raw->size <= CLR_RECORD_SIZE_MAX);
    *malformed += (raw->reasons & CLR_REASON_MASK(MALFORMED)) != 0;
}

static struct drive_result read_bytes(struct clr_bytes bytes, uint64_t *malformed)
{
    const struct drive_options options = { .name = "hostile" };

    *malformed = 0;
    return drive(&clr_codec_jsetc, bytes, &options, nothing, malformed);
}

/* before, `count` times `part`, after. */
static struct clr_bytes repeat(const char *before, const char *part, size_t count, const char *after)
{
    const size_t front = strlen(before), size = strlen(part), back = strlen(after);
    char *const text = malloc(front + size * count + back + 1);

    assert_non_null(text);
    memcpy(text, before, front);
    for (size_t i = 0; i < count; i++) memcpy(text + front + i * size, part, size);
    memcpy(text + front + count * size, after, back + 1);
    return clr_bytes_of(text, front + size * count + back);
}

static void large_things(void **state)
{
    static const struct { const char *name, *before, *part; size_t count; const char *after; bool refused; } cases[] = {
        { "nested a million deep", HEAD BODY, "<a>", 1000000, "", true },
        { "a root nested a million deep", "", "<Message>", 1000000, "", true },
        { "a text of 32 MiB", HEAD BODY "<DisputedRecord><TransId>", "1", (size_t)32 << 20, "</TransId><Result>3</Result></DisputedRecord>" TAIL, false },
        { "blanks, 32 MiB of them", HEAD BODY RECORD, "\n", (size_t)32 << 20, TAIL, false },
        { "a name of 32 MiB", HEAD BODY "<", "a", (size_t)32 << 20, "/>" TAIL, true },
        { "an attribute of 32 MiB", HEAD BODY "<a b=\"", "c", (size_t)32 << 20, "\"/>" TAIL, true },
        { "a comment of 32 MiB", HEAD "<!--", "c", (size_t)32 << 20, "-->" BODY RECORD TAIL, true },
        { "a comment that does not end", "<!--", "<Message>", 100000, "", true },
        { "half a million comments", HEAD BODY RECORD, "<!---->", 500000, TAIL, false },
        { "more unknown elements than there may be", HEAD BODY, "<a/>", 5000, RECORD TAIL, true },
        { "references, 3 million of them", HEAD BODY "<DisputedRecord><TransId>", "&#49;", 3000000, "</TransId><Result>3</Result></DisputedRecord>" TAIL, false },
        { "a hundred thousand records", HEAD BODY, RECORD, 100000, TAIL, false },
        { "a record above the limit", HEAD BODY "<DisputedRecord><TransId>1</TransId>", " \n", CLR_RECORD_SIZE_MAX, "<Result>3</Result></DisputedRecord>" TAIL, false },
        { "instructions", HEAD BODY RECORD, "<?a b?>", 100000, TAIL, false },
        { "so many that the body is not in the head", HEAD BODY, "<?a b?>", 100000, RECORD TAIL, true },
        { "a hundred thousand lists of nothing", DISPUTE, "<MessageList><Count>x</Count></MessageList>", 100000, TAIL, false },
        { "CDATA", HEAD BODY "<DisputedRecord><TransId>", "<![CDATA[1]]>", 100000, "</TransId><Result>3</Result></DisputedRecord>" TAIL, false },
    };
    uint64_t malformed;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct clr_bytes bytes = repeat(cases[i].before, cases[i].part, cases[i].count, cases[i].after);
        const struct drive_result result = read_bytes(bytes, &malformed);
        if ((result.status == CLR_REFUSED) != cases[i].refused) fail_msg("%s: status %d, %s", cases[i].name, (int)result.status, result.fault.en);
        if (result.status == CLR_REFUSED && result.file.finding_count == 0) fail_msg("%s: no finding", cases[i].name);
        free((void *)(uintptr_t)bytes.data);
    }
}

/* What is too long for its field or its record is malformed, not cut. */
static void long_records_are_malformed(void **state)
{
    uint64_t malformed;
    const struct clr_bytes text = repeat(HEAD BODY "<DisputedRecord><TransId>", "1", 65, "</TransId><Result>3</Result></DisputedRecord>" TAIL);
    const struct clr_bytes record = repeat(HEAD BODY "<DisputedRecord><TransId>1</TransId>", "\n", CLR_RECORD_SIZE_MAX, "<Result>3</Result></DisputedRecord>" TAIL);

    (void)state;
    assert_int_equal(read_bytes(text, &malformed).records, 2);
    assert_int_equal(malformed, 1);
    assert_int_equal(read_bytes(record, &malformed).records, 2);
    assert_int_equal(malformed, 1);
    free((void *)(uintptr_t)text.data);
    free((void *)(uintptr_t)record.data);
}

static void entities(void **state)
{
    static const char *const cases[] = {
        "<?xml version=\"1.0\"?><!DOCTYPE m [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">"
        "<!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;\"><!ENTITY e \"&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;\">]>" HEAD "<Body ContentType=\"1\"><Count>&e;</Count>" TAIL,
        "<!DOCTYPE m SYSTEM \"file:///etc/hostname\">" HEAD BODY RECORD TAIL,
        "<!DOCTYPE m [<!ENTITY x SYSTEM \"file:///etc/hostname\">]>" HEAD "<Body ContentType=\"1\"><Count>&x;</Count>" TAIL,
        "<!DOCTYPE m [<!ENTITY % x \"<!ENTITY y 'z'>\">%x;]>" HEAD BODY RECORD TAIL,
        "<!DOCTYPE m [<!ATTLIST Body ContentType CDATA \"1\">]>" HEAD "<Body>" TAIL,
        HEAD "<Body ContentType=\"&lt;\">" TAIL,
    };
    uint64_t malformed;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct drive_result result = read_bytes(clr_bytes_text(cases[i]), &malformed);
        assert_int_equal(result.status, CLR_REFUSED);
        assert_int_equal(result.records, 0);
        assert_int_equal(result.file.finding_count, 1);
    }
}

/* UTF-16, a NUL anywhere, and every byte that is none of UTF-8's. */
static void other_bytes(void **state)
{
    static const char message[] = HEAD BODY RECORD TAIL;
    static uint8_t text[2 * sizeof message + 2];
    const size_t size = sizeof message - 1;
    uint64_t malformed;

    (void)state;
    assert_int_equal(read_bytes(clr_bytes_of(message, size), &malformed).file.finding_count, 0);
    for (size_t i = 0; i < size; i++) {
        memcpy(text, message, size);
        text[i] = 0;
        const struct drive_result nul = read_bytes(clr_bytes_of(text, size), &malformed);
        if (nul.status != CLR_REFUSED || nul.file.finding_count == 0) fail_msg("a NUL at %d", (int)i);
        text[i] = 0xff;
        const struct drive_result high = read_bytes(clr_bytes_of(text, size), &malformed);
        if (high.status != CLR_REFUSED || high.file.finding_count == 0) fail_msg("FF at %d", (int)i);
    }
    for (unsigned big = 0; big < 2; big++) {
        text[0] = big ? 0xfe : 0xff;
        text[1] = big ? 0xff : 0xfe;
        for (size_t i = 0; i < size; i++) {
            text[2 + 2 * i + big] = (uint8_t)message[i];
            text[2 + 2 * i + !big] = 0;
        }
        assert_int_equal(read_bytes(clr_bytes_of(text, 2 * size + 2), &malformed).status, CLR_REFUSED);
    }
}

/* Whatever is missing at the end, there is a finding; the records before it were given. */
static void cut_off_anywhere(void **state)
{
    static const char message[] = "<?xml version=\"1.0\"?>\n" HEAD BODY RECORD "\n" TAIL;
    uint64_t malformed, last = 0;

    (void)state;
    for (size_t size = 0; size < sizeof message - 1; size++) {
        const struct drive_result result = read_bytes(clr_bytes_of(message, size), &malformed);
        if (result.status != CLR_REFUSED || result.file.finding_count == 0) fail_msg("cut at %d: no word", (int)size);
        if (result.records < last) fail_msg("cut at %d: %d records", (int)size, (int)result.records);
        last = result.records;
    }
    assert_int_equal(last, 2);
}

/* Every byte of a package changed to every byte that could matter: never a crash, and never a record outside the message. */
static void any_byte_changed(void **state)
{
    static const char bytes[] = "<>&/\"'= \n\0\xff" "09Aa;#!?-[]";
    static const char message[] = HEAD BODY RECORD TAIL;
    uint8_t text[sizeof message];
    uint64_t malformed;

    (void)state;
    for (size_t i = 0; i + 1 < sizeof message; i++) {
        for (size_t k = 0; k + 1 < sizeof bytes; k++) {
            memcpy(text, message, sizeof message);
            text[i] = (uint8_t)bytes[k];
            const struct drive_result result = read_bytes(clr_bytes_of(text, sizeof message - 1), &malformed);
            assert_true(result.status == CLR_OK || (result.status == CLR_REFUSED && result.file.finding_count > 0));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(large_things),     cmocka_unit_test(long_records_are_malformed), cmocka_unit_test(entities), cmocka_unit_test(other_bytes),
        cmocka_unit_test(cut_off_anywhere), cmocka_unit_test(any_byte_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
