/*
 * test_jsetc_real.c: the real messages of Jiangsu, where they are: CLR_SHARED_DATA, else ../shared/data beside the source. Nothing of them is in
 * the project. Each is read, written again, and read as the same; what a developer's package lacks is named. Skipped where they are not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "codec_drive.h"
#include "jsetc_world.h"

#define TEXT_SIZE (1 << 20)

static struct jsetc_whole real, again;
static uint8_t *content;
static char *text;

static int set_up(void **state)
{
    (void)state;
    content = malloc(TEXT_SIZE);
    text = malloc(TEXT_SIZE);
    real.item = malloc(JSETC_ITEMS_MAX * sizeof *real.item);
    again.item = malloc(JSETC_ITEMS_MAX * sizeof *again.item);
    return content == NULL || text == NULL || real.item == NULL || again.item == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    free(content);
    free(text);
    free(real.item);
    free(again.item);
    return 0;
}

static struct clr_bytes read_real(const char *name)
{
    const char *const told = getenv("CLR_SHARED_DATA");
    char path[1400];

    snprintf(path, sizeof path, "%s/etc/jiangsu/%s", told == NULL ? CLR_SHARED_DATA_DEFAULT : told, name);
    FILE *const from = fopen(path, "rb");
    if (from == NULL) skip();
    const size_t size = fread(content, 1, TEXT_SIZE, from);
    fclose(from);
    return clr_bytes_of(content, size);
}

struct seen {
    uint64_t records, reasons;
    clr_fen stated_fen;
    uint16_t detail;
};

static void visit(void *context, const struct clr_codec_file *file, const struct clr_raw *raw, struct clr_bytes block, uint64_t offset)
{
    struct seen *const seen = context;

    (void)file;
    (void)block;
    (void)offset;
    seen->records++;
    seen->reasons |= raw->reasons;
    if (seen->detail == 0) seen->detail = raw->detail;
    if (raw->flags & CLR_FLAG_HAS_PRICE && raw->toll.trans_id == 0) seen->stated_fen += raw->price_fen;
}

static void replies(void **state)
{
    static const struct { const char *name, *id; uint64_t records; clr_fen stated_fen; } cases[] = {
        { "account_all_ok_114803.xml", "5/5/1/20/114803", 1, 1800 },
        { "account_with_disputes_114509.xml", "5/5/1/20/114509", 3, 11900 },
        { "dispute_result_114464.xml", "5/7/2/20/114464", 5, 500 },
        { "clearing_totals_114462.xml", "5/5/2/20/114462", 1, 0 },
    };
    struct clr_jsetc_trouble trouble;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct clr_bytes bytes = read_real(cases[i].name);
        const struct drive_options options = { .name = cases[i].name };
        struct seen seen = { 0 };
        size_t size;
        assert_ptr_equal(clr_codec_sniff(&clr_codecs, bytes, cases[i].name), &clr_codec_jsetc);
        const struct drive_result result = drive(&clr_codec_jsetc, bytes, &options, visit, &seen);
        assert_int_equal(result.status, CLR_OK);
        assert_int_equal(result.file.finding_count, 0);
        assert_string_equal(result.file.file_id, cases[i].id);
        assert_int_equal(seen.records, cases[i].records);
        assert_int_equal(seen.reasons, 0);
        assert_int_equal(seen.stated_fen, cases[i].stated_fen);
        assert_int_equal(jsetc_read(bytes, false, &real, &trouble), CLR_OK);
        assert_int_equal(jsetc_write(&real, false, text, TEXT_SIZE, &size), CLR_OK);
        assert_int_equal(jsetc_read(clr_bytes_of(text, size), false, &again, &trouble), CLR_OK);
        const char *const what = jsetc_differ(&real, &again);
        if (what != NULL) fail_msg("%s: %s differs", cases[i].name, what);
        /* Their layout is ours, to the byte, where nothing was put right. */
        if (!real.message.swapped && (size != bytes.size || memcmp(text, bytes.data, size) != 0)) fail_msg("%s: written as\n%.*s", cases[i].name, (int)size, text);
    }
}

static void swapped_parties_are_put_right(void **state)
{
    struct clr_jsetc_trouble trouble;

    (void)state;
    assert_int_equal(jsetc_read(read_real("dispute_result_114464.xml"), false, &real, &trouble), CLR_OK);
    assert_true(real.message.swapped);
    assert_int_equal(real.message.provider, 0xfd);
    assert_int_equal(real.message.issuer, 0x20);
}

/* Whole but for its one record, whose first broken field is named. */
static void a_developers_package(void **state)
{
    const struct clr_bytes bytes = read_real("lz77_pair_100025.xml");
    const struct drive_options options = { .name = "pair" };
    struct seen seen = { 0 };

    (void)state;
    const struct drive_result result = drive(&clr_codec_jsetc, bytes, &options, visit, &seen);
    assert_int_equal(result.status, CLR_OK);
    assert_int_equal(result.file.finding_count, 0);
    assert_string_equal(result.file.file_id, "5/7/1/FD/100025");
    assert_int_equal(seen.records, 1);
    assert_int_equal(seen.reasons, CLR_REASON_MASK(MALFORMED) | CLR_REASON_MASK(ARITHMETIC));
    assert_int_equal(seen.detail, CLR_DETAIL(CLR_JSETC_DETAIL, CLR_RULE_MISSING));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(replies), cmocka_unit_test(swapped_parties_are_put_right), cmocka_unit_test(a_developers_package) };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
