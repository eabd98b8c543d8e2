/*
 * test_codec_real.c: the two real files of Shenzhen Tong, where they are: CLR_SHARED_DATA, else ../shared/data beside the source. Their
 * totals are the publisher's and are stated here; nothing of them is in the project. Skipped where they are not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "codec_drive.h"
#include "model/txn.h"

struct sums {
    uint64_t records, entries, exits, buses, early, wrong;
    clr_fen money, value;
};

static void visit(void *context, const struct clr_codec_file *file, const struct clr_raw *raw, struct clr_bytes block, uint64_t offset)
{
    struct sums *const sums = context;

    (void)file;
    (void)block;
    (void)offset;
    sums->records++;
    sums->entries += raw->kind == CLR_KIND_ENTRY;
    sums->exits += raw->type == 2;
    sums->buses += raw->type == 3;
    sums->early += clr_day_of_time(raw->traded_at_s) < raw->declared_day;
    sums->wrong += raw->reasons != 0;
    sums->money += raw->amount_fen;
    sums->value += raw->price_fen;
}

static struct sums decode_file(const char *name, const char *format)
{
    const char *const told = getenv("CLR_SHARED_DATA");
    char path[1400];
    struct sums sums = { 0 };

    snprintf(path, sizeof path, "%s/transit/%s", told == NULL ? CLR_SHARED_DATA_DEFAULT : told, name);
    FILE *const from = fopen(path, "rb");
    if (from == NULL) skip();
    uint8_t *const data = malloc(4 << 20);
    assert_non_null(data);
    const size_t size = fread(data, 1, 4 << 20, from);
    fclose(from);
    const struct clr_bytes bytes = clr_bytes_of(data, size);
    const struct clr_codec *const codec = clr_codec_sniff(&clr_codecs, bytes, name);
    assert_non_null(codec);
    assert_string_equal(codec->name, format);
    const struct drive_options options = { .name = name, .block_size = 65521 };
    const struct drive_result result = drive(codec, bytes, &options, visit, &sums);
    assert_int_equal(result.status, CLR_OK);
    assert_int_equal(result.file.finding_count, 0);
    free(data);
    return sums;
}

static void ten_thousand_rows(void **state)
{
    (void)state;
    const struct sums sums = decode_file("szt_20180901_first10000.csv", "szt-csv");
    assert_int_equal(sums.records, 10000);
    assert_int_equal(sums.entries, 9360);
    assert_int_equal(sums.exits, 435);
    assert_int_equal(sums.buses, 205);
    assert_int_equal(sums.early, 411);
    assert_int_equal(sums.money, 97960);
    assert_int_equal(sums.value, 160000);
    assert_int_equal(sums.wrong, 0);
}

static void a_hundred_objects(void **state)
{
    (void)state;
    const struct sums sums = decode_file("szt_api_page1x100.json", "szt-json");
    assert_int_equal(sums.records, 100);
    assert_int_equal(sums.money, 5395);
    assert_int_equal(sums.wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(ten_thousand_rows), cmocka_unit_test(a_hundred_objects) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
