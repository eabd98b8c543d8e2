/*
 * prop_quick.c: the law that the quick readers give what the plain path gives: every field of every record, for every processor's version.
 *
 * Inputs are the fixtures and generated files. For each seed a stretch of one of them is taken, its lines and quotes are given another habit
 * now and then, some bytes are changed, and it is decoded plainly and by every version of the quick readers, as a block that ends right before
 * a page that cannot be read, or starts right behind one. An argument is the number of seeds a format.
 */
#include "scratch.h"

#include <dirent.h>
#include <sys/mman.h>

#include "../codecs/quick.h"
#include "codec.h"
#include "gen/gen.h"
#include "quick_input.h"

#define SEEDS 150000
#define RAWS_MAX 2048
#define SOURCES_MAX 64

static uint64_t seeds = SEEDS;

/* ---- sources ---- */

struct source {
    const struct clr_codec *codec;
    struct scratch_bytes bytes;
};

static struct source sources[SOURCES_MAX];
static unsigned source_count;

static int is_input(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && strstr(entry->d_name, ".want") == NULL;
}

static void add_folder(const struct clr_codec *codec, const char *folder)
{
    struct dirent **entries;
    const int count = scandir(folder, &entries, is_input, alphasort);

    assert_true(count > 0);
    for (int i = 0; i < count; i++) {
        char path[PATH_MAX];
        assert_true(snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name) < PATH_MAX);
        assert_true(source_count < SOURCES_MAX);
        sources[source_count++] = (struct source){ codec, scratch_read(path) };
        free(entries[i]);
    }
    free(entries);
}

static void generate(const struct clr_codec *codec)
{
    static const enum gen_rate rates[] = { GEN_RATE_MALFORMED, GEN_RATE_ZERO, GEN_RATE_UNKNOWN, GEN_RATE_CROSS_REGION };
    struct gen_options options = { .format = codec->format, .records = 3000, .seed = 7, .files = 3, .date = CLR_DAY_NONE,
                                   .received_at = CLR_TIME_NONE };
    struct gen_result made;
    struct clr_fault fault = { 0 };
    static unsigned turn;
    char name[32], out[PATH_MAX], inbox[PATH_MAX + 8];

    snprintf(name, sizeof name, "gen-%u", turn++);
    snprintf(out, sizeof out, "%s", scratch_path(name));
    options.out = out;
    for (unsigned i = 0; i < sizeof rates / sizeof *rates; i++) options.rate_ppm[rates[i]] = 20000;
    if (clr_gen_run(&options, &made, &fault) != CLR_OK) fail_msg("%s: %s", codec->name, fault.en);
    snprintf(inbox, sizeof inbox, "%s/inbox", out);
    add_folder(codec, inbox);
}

static void load(const struct clr_codec *codec)
{
    char folder[PATH_MAX];

    source_count = 0;
    snprintf(folder, sizeof folder, "%s/%s", CLR_FIXTURES, codec->name);
    add_folder(codec, folder);
    const unsigned fixtures = source_count;
    generate(codec);
    /* Generated files are the larger part of what is drawn: their rows are mostly in order. */
    for (unsigned i = fixtures, count = source_count; source_count + (count - fixtures) <= SOURCES_MAX && i < count; i++) {
        sources[source_count] = sources[i];
        sources[source_count++].bytes = scratch_copy(sources[i].bytes.data, sources[i].bytes.size);
    }
}

static void unload(void)
{
    for (unsigned i = 0; i < source_count; i++) free(sources[i].bytes.data);
}

/* ---- a block with nothing readable beside it ---- */

static uint8_t *fence;                      /* QUICK_BLOCK_MAX bytes between two pages that cannot be read */

static void build_fence(void)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);

    assert_int_equal(QUICK_BLOCK_MAX % page, 0);
    uint8_t *const all = mmap(NULL, QUICK_BLOCK_MAX + 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(all != MAP_FAILED);
    assert_int_equal(mprotect(all, page, PROT_NONE), 0);
    assert_int_equal(mprotect(all + page + QUICK_BLOCK_MAX, page, PROT_NONE), 0);
    fence = all + page;
}

static struct clr_bytes fenced(const struct quick_input *input, bool at_end)
{
    uint8_t *const to = at_end ? fence + QUICK_BLOCK_MAX - input->size : fence;

    memcpy(to, input->block, input->size);
    return clr_bytes_of(to, input->size);
}

/* ---- decoding ---- */

struct outcome {
    struct clr_raw raw[RAWS_MAX];
    size_t count;
};

/* A slice of the record's own text is said by its place in the record, so that records in two arrays can be compared. */
static void settle(struct clr_bytes *text, const struct clr_raw *raw)
{
    if (text->data < raw->text || text->data > raw->text + sizeof raw->text) return;
    text->data = (const uint8_t *)(uintptr_t)(1 + (text->data - raw->text));
}

static void settle_texts(const struct clr_codec *codec, struct clr_raw *raw)
{
    /* What only moves have may be anything in other formats. */
    if (codec->format != CLR_FORMAT_MOVES) {
        memset((uint8_t *)raw + CLR_RAW_COMMON_SIZE, 0, offsetof(struct clr_raw, text) - CLR_RAW_COMMON_SIZE);
    }
    struct clr_bytes *const texts[] = { &raw->card, &raw->unit, &raw->city_card, &raw->city_trade, &raw->issuer_id, &raw->id,
                                        &raw->orig_id, &raw->issuer_code, &raw->acquirer_code, &raw->reason_text, &raw->note_text };
    uint8_t keep[CLR_RAW_TEXT_SIZE];
    size_t used = 0;

    /* What is not part of a slice need not be the same. */
    memcpy(keep, raw->text, sizeof keep);
    for (unsigned i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (texts[i]->data < raw->text || texts[i]->data > raw->text + sizeof raw->text) continue;
        const size_t end = (size_t)(texts[i]->data - raw->text) + texts[i]->size;
        if (end > used) used = end;
        settle(texts[i], raw);
    }
    memset(raw->text + used, 0, sizeof raw->text - used);
}

static void decode(const struct clr_codec_file *file, struct clr_bytes block, size_t batch, struct outcome *out)
{
    size_t at = 0;

    memset(out->raw, 0xa5, 64 * sizeof *out->raw);
    out->count = 0;
    while (at < block.size) {
        size_t count = SIZE_MAX;
        const size_t before = at;
        assert_true(out->count + batch <= RAWS_MAX);
        file->codec->decode(file, block, &at, out->raw + out->count, batch, &count);
        if (count > batch || at > block.size || (at == before && count == 0)) fail_msg("decode() stands still");
        out->count += count;
    }
    for (size_t i = 0; i < out->count; i++) settle_texts(file->codec, &out->raw[i]);
}

static void compare(const struct outcome *plain, const struct outcome *quick, const char *what, const struct clr_codec *codec,
                    uint64_t seed)
{
    if (plain->count != quick->count) {
        fail_msg("%s %s, seed %d: %zu records instead of %zu", codec->name, what, (int)seed, quick->count, plain->count);
    }
    for (size_t i = 0; i < plain->count; i++) {
        const uint8_t *const a = (const uint8_t *)&plain->raw[i], *const b = (const uint8_t *)&quick->raw[i];
        if (memcmp(a, b, sizeof plain->raw[i]) == 0) continue;
        size_t at = 0;
        while (a[at] == b[at]) at++;
        fail_msg("%s %s, seed %d: record %zu at %u+%u differs at byte %zu of struct clr_raw (reasons %llx, detail %x; %llx, %x)", codec->name,
                 what, (int)seed, i, plain->raw[i].offset, plain->raw[i].size, at, (unsigned long long)plain->raw[i].reasons,
                 plain->raw[i].detail, (unsigned long long)quick->raw[i].reasons, quick->raw[i].detail);
    }
}

/* quick_plain.c built without SSE2 (tests/CMakeLists.txt). */
extern const struct clr_quick clr_quick_words;

struct version {
    const char *name;
    const struct clr_quick *quick;
};

/* The last one is the one before where this processor has no better. */
static unsigned versions(struct version version[3])
{
    version[0] = (struct version){ "in words", &clr_quick_words };
    version[1] = (struct version){ "plain", &clr_quick_plain };
    version[2] = (struct version){ "best", clr_quick_best() };
    return 3;
}

/* Readers that count what they take, in front of those of a version. */
static const struct clr_quick *counted;
static size_t taken;

static size_t count_csv_scan(struct clr_bytes block, size_t at, const struct clr_csv_shape *shape, size_t rows_max, uint32_t *start)
{
    const size_t rows = counted->csv_scan(block, at, shape, rows_max, start);

    /* Moves, of 13 columns, have no reader of their own: their rows count when they are found. */
    if (shape->stride >= 13) taken += rows;
    return rows;
}

static size_t count_szt(const struct clr_csv_rows *rows, size_t count, struct clr_reader *reader, struct clr_raw *out)
{
    const size_t done = counted->szt_rows(rows, count, reader, out);

    taken += done;
    return done;
}

static size_t count_yz316(struct clr_bytes block, size_t *at, struct clr_reader *reader, struct clr_raw *out, size_t max)
{
    const size_t done = counted->yz316_rows(block, at, reader, out, max);

    taken += done;
    return done;
}

static size_t count_xf158(struct clr_bytes block, size_t *at, enum clr_service service, struct clr_reader *reader, struct clr_raw *out,
                          size_t max)
{
    const size_t done = counted->xf158_rows(block, at, service, reader, out, max);

    taken += done;
    return done;
}

static size_t count_xf160(struct clr_bytes block, size_t *at, enum clr_service service, struct clr_reader *reader, struct clr_raw *out,
                          size_t max)
{
    const size_t done = counted->xf160_rows(block, at, service, reader, out, max);

    taken += done;
    return done;
}

static void one_seed(const struct clr_codec *codec, uint64_t seed)
{
    static struct quick_input input;
    static struct outcome plain, quick;
    struct version version[3];
    uint64_t random = seed * 1000003;

    const struct scratch_bytes from = sources[scratch_random(&random) % source_count].bytes;
    quick_input_take(&input, clr_bytes_of(from.data, from.size), &random);
    quick_input_habits(&input, codec, &random);
    if (seed % 8 != 0) quick_input_damage(&input, &random);
    struct clr_codec_file file = { .codec = codec, .name = "XF2026030201000030101000101001", .size = input.head_size + input.size,
                                   .units_yuan = scratch_random(&random) % 16 == 0, .encoding_gbk = scratch_random(&random) % 8 == 0 };
    /* open() gets the header alone: it reads no further. */
    if (codec->open(&file, clr_bytes_of(input.head, input.head_size), NULL) != CLR_OK) return;
    const struct clr_bytes block = fenced(&input, seed % 2 == 0);
    const size_t batch = 1 + scratch_random(&random) % 63;
    file.quick = NULL;
    decode(&file, block, batch, &plain);
    for (unsigned i = 0, count = versions(version); i < count; i++) {
        file.quick = version[i].quick;
        decode(&file, block, batch, &quick);
        compare(&plain, &quick, version[i].name, codec, seed);
    }
}

static void quick_is_plain(void **state)
{
    (void)state;
    for (unsigned i = 0; i < clr_codecs.count; i++) {
        const struct clr_codec *const codec = clr_codecs.codec[i];
        if (codec->format == CLR_FORMAT_SZT_JSON || codec->format == CLR_FORMAT_SDEXIT || codec->format == CLR_FORMAT_SDGANTRY || codec->format == CLR_FORMAT_LOCKDUES || codec->walk != NULL) continue;             /* have no quick readers */
        load(codec);
        for (uint64_t seed = 1; seed <= seeds; seed++) one_seed(codec, seed);
        unload();
    }
}

/* A law that all readers keep by taking nothing would be worth nothing: of the lines that generated files begin with most are taken. */
static void ordinary_records_are_taken(void **state)
{
    static const struct clr_quick counting = { count_csv_scan, count_szt, count_yz316, count_xf158, count_xf160 };
    static struct outcome outcome;
    struct version version[3];

    (void)state;
    for (unsigned i = 0; i < clr_codecs.count; i++) {
        const struct clr_codec *const codec = clr_codecs.codec[i];
        if (codec->format == CLR_FORMAT_SZT_JSON || codec->format == CLR_FORMAT_SDEXIT || codec->format == CLR_FORMAT_SDGANTRY || codec->format == CLR_FORMAT_LOCKDUES || codec->walk != NULL || codec->format == CLR_FORMAT_TRADE_CSV) continue;      /* the latter has readers of its own: test_trade_quick */
        load(codec);
        for (unsigned k = 0, count = versions(version); k < count; k++) {
            const struct scratch_bytes bytes = sources[source_count - 1].bytes;
            const size_t head = quick_line_end(clr_bytes_of(bytes.data, bytes.size), 0), size = bytes.size - head < 60000 ? bytes.size - head : 60000;
            struct clr_codec_file file = { .codec = codec, .name = "XF2026030201000030101000101001", .size = bytes.size };
            assert_int_equal(codec->open(&file, clr_bytes_of(bytes.data, head), NULL), CLR_OK);
            file.quick = &counting;
            counted = version[k].quick;
            taken = 0;
            decode(&file, clr_bytes_of(bytes.data + head, size), 64, &outcome);
            if (taken * 10 < outcome.count * 8) fail_msg("%s %s: %zu of %zu records", codec->name, version[k].name, taken, outcome.count);
        }
        unload();
    }
}

/* Rows around the limits: as long as a record may be, and of more columns than there is room for. */
static void long_rows(void **state)
{
    static const char head[] = "station,card_no,deal_date,close_date,deal_type,deal_value,deal_money,company_name,equ_no\n";
    static const char rest[] = ",ABCDEFGH,2026-03-02 08:15:30,2026-03-02,巴士,200,160,c,1\n";
    static const struct { const char *name; size_t size; char filler; bool quoted; } cases[] = {
        { "as long as allowed", CLR_RECORD_SIZE_MAX, 'n', false },   { "a byte longer", CLR_RECORD_SIZE_MAX + 1, 'n', false },
        { "a byte shorter", CLR_RECORD_SIZE_MAX - 1, 'n', false },   { "quoted", CLR_RECORD_SIZE_MAX, 'n', true },
        { "quoted, a byte longer", CLR_RECORD_SIZE_MAX + 1, 'n', true }, { "64 bytes longer", CLR_RECORD_SIZE_MAX + 64, 'n', false },
        { "twice as long", 2 * CLR_RECORD_SIZE_MAX, 'n', false },    { "all columns", 30000, ',', false },
        { "some columns too many", 1200, ',', false },               { "all quotes", 30000, '"', false },
    };
    static struct outcome plain, quick;
    struct version version[3];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const size_t filler = cases[i].size - (sizeof rest - 1), ordinary = 40 * (sizeof rest), size = cases[i].size + 2 * ordinary;
        uint8_t *const text = malloc(size);
        size_t to = 0;
        assert_non_null(text);
        for (unsigned k = 0; k < 81; k++) {
            memset(text + to, k == 40 ? cases[i].filler : 's', k == 40 ? filler : 1);
            if (k == 40 && cases[i].quoted) text[to] = text[to + filler - 1] = '"';
            to += k == 40 ? filler : 1;
            memcpy(text + to, rest, sizeof rest - 1);
            to += sizeof rest - 1;
        }
        assert_int_equal(to, size);
        struct clr_codec_file file = { .codec = clr_codecs.codec[0], .name = "long", .size = size };
        assert_int_equal(file.codec->open(&file, clr_bytes_text(head), NULL), CLR_OK);
        file.quick = NULL;
        decode(&file, clr_bytes_of(text, size), 50, &plain);
        for (unsigned k = 0, count = versions(version); k < count; k++) {
            file.quick = version[k].quick;
            decode(&file, clr_bytes_of(text, size), 50, &quick);
            compare(&plain, &quick, cases[i].name, file.codec, i);
        }
        free(text);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quick_is_plain),
        cmocka_unit_test(ordinary_records_are_taken),
        cmocka_unit_test(long_rows),
    };

    if (argc > 1) seeds = strtoull(argv[1], NULL, 10);
    build_fence();
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
