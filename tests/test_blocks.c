/* test_blocks.c: an input cut at record ends, with two codecs of our own: lines, and records of fixed length. */
#include "scratch.h"

#include "base/stop.h"
#include "ingest/input.h"

#define MAX ((size_t)CLR_RECORD_SIZE_MAX)

static size_t cut_lines(struct clr_codec_file *file, struct clr_bytes buffer, bool last)
{
    (void)file;
    if (last) return buffer.size;
    const uint8_t *end = buffer.size == 0 ? NULL : memrchr(buffer.data, '\n', buffer.size);
    return end == NULL ? 0 : (size_t)(end - buffer.data) + 1;
}

/* The first byte of the state is the record length; a partial last record is left for close(). */
static size_t cut_fixed(struct clr_codec_file *file, struct clr_bytes buffer, bool last)
{
    (void)last;
    return buffer.size - buffer.size % file->state[0];
}

static const struct clr_codec lines = { .name = "lines", .cut = cut_lines };
static const struct clr_codec fixed = { .name = "fixed", .cut = cut_fixed };

/* Everything that the blocks of a file give, and how it ended. */
struct taken {
    uint8_t *data;
    size_t size;
    uint64_t handed;
    size_t blocks;
    enum clr_status status;
    enum clr_file_reason reason;
    struct clr_fault fault;
};

static void take_blocks(struct clr_blocks *blocks, struct clr_codec_file *file, size_t block_size, struct taken *taken)
{
    uint8_t *buffer = malloc(block_size);            /* of exactly this size: the sanitizer sees a byte too many */
    struct clr_block block;

    assert_non_null(buffer);
    do {
        taken->status = clr_blocks_next(blocks, buffer, &block, &taken->reason, &taken->fault);
        if (taken->status != CLR_OK) break;
        assert_ptr_equal(block.data, buffer);
        assert_int_equal(block.offset, file->data_offset + taken->size);
        if (!block.last) {
            assert_true(block.size > 0 && block.size <= block_size);
            if (file->codec == &lines) assert_int_equal(buffer[block.size - 1], '\n');
        }
        memcpy(taken->data + taken->size, buffer, block.size);
        taken->size += block.size;
        taken->blocks++;
    } while (!block.last);
    taken->handed = clr_blocks_handed(blocks);
    if (taken->status == CLR_OK) {                   /* after the end: the end again */
        assert_int_equal(clr_blocks_next(blocks, buffer, &block, &taken->reason, &taken->fault), CLR_OK);
        assert_true(block.last && block.size == 0);
    }
    free(buffer);
}

static struct taken take_all(const struct clr_input *input, struct clr_codec_file *file, size_t block_size)
{
    struct taken taken = { .data = malloc(input->content_size + 1), .reason = CLR_FILE_REASON_COUNT };
    struct clr_blocks *blocks;

    assert_non_null(taken.data);
    taken.status = clr_blocks_open(input, file, block_size, &blocks, &taken.reason, &taken.fault);
    if (taken.status != CLR_OK) {
        assert_null(blocks);
        return taken;
    }
    take_blocks(blocks, file, block_size, &taken);
    clr_blocks_close(blocks);
    return taken;
}

static void scan(const struct scratch_bytes content, enum scratch_packing packing, struct clr_input *input)
{
    struct scratch_bytes file = scratch_pack(packing, content.data, content.size);
    enum clr_file_reason reason;

    assert_int_equal(clr_input_scan(scratch_write("blocks", file.data, file.size), 1, input, &reason, NULL), CLR_OK);
    free(file.data);
}

/* Text from a plan: each number is a line of that many bytes with its '\n'; a negative one has no '\n'. Ends with 0.
 * Letters at random: a row of equal ones would be a bomb when packed. */
static struct scratch_bytes lines_of(const long *plan)
{
    size_t size = 0;
    uint64_t seed = 1;

    for (const long *line = plan; *line != 0; line++) size += (size_t)labs(*line);
    struct scratch_bytes text = { malloc(size + 1), 0 };

    assert_non_null(text.data);
    for (const long *line = plan; *line != 0; line++) {
        const size_t length = (size_t)labs(*line);
        for (size_t i = 0; i < length; i++) text.data[text.size + i] = (uint8_t)('a' + scratch_random(&seed) % 26);
        text.size += length;
        if (*line > 0) text.data[text.size - 1] = '\n';
    }
    return text;
}

static const size_t block_sizes[] = { 2 * MAX, 2 * MAX + 1, 3 * MAX - 7, 16 * MAX };
#define SIZES (sizeof block_sizes / sizeof *block_sizes)

static void blocks_together_are_the_file(void **state)
{
    static const struct {
        const char *name;
        long plan[40];
        uint64_t data_offset;
    } cases[] = {
        { "empty file", { 0 }, 0 },
        { "one line", { 10 }, 0 },
        { "one line without its end", { -10 }, 0 },
        { "an end alone", { 1 }, 0 },
        { "header skipped", { 7, 10, 10 }, 7 },
        { "nothing but a header", { 7 }, 7 },
        { "the longest record", { (long)MAX }, 0 },
        { "the longest record without its end", { -(long)MAX }, 0 },
        { "longest records in a row", { (long)MAX, (long)MAX, (long)MAX, (long)MAX, (long)MAX, (long)MAX }, 0 },
        { "longest records, shifted by one", { 1, (long)MAX, (long)MAX, (long)MAX, (long)MAX, 5, (long)MAX, -(long)MAX }, 0 },
        { "a file of exactly one block", { (long)MAX, (long)MAX - 3, 3 }, 0 },
        { "a file of one block and a byte", { (long)MAX, (long)MAX - 3, 3, -1 }, 0 },
        { "a file of exactly two blocks", { (long)MAX, (long)MAX, (long)MAX, (long)MAX }, 0 },
        { "a line across the block's end", { 60000, 60000, 60000, 60000, 60000, 60000, 60000, 60000, 60000, 60000, 60000 }, 0 },
        { "long header, long lines", { 65000, 65000, 65000, 65000, 65000, 65000, 65000, -65000 }, 130000 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct scratch_bytes text = lines_of(cases[i].plan);

        for (size_t k = 0; k < SIZES * SCRATCH_PACKINGS; k++) {
            struct clr_codec_file file = { .codec = &lines, .data_offset = cases[i].data_offset };
            struct clr_input input;

            scan(text, (enum scratch_packing)(k / SIZES), &input);
            struct taken taken = take_all(&input, &file, block_sizes[k % SIZES]);
            const size_t want = text.size - cases[i].data_offset;
            if (taken.status != CLR_OK || taken.size != want || taken.handed != want ||
                memcmp(taken.data, text.data + cases[i].data_offset, want) != 0) {
                fail_msg("%s, blocks of %zu, packing %zu: %s", cases[i].name, block_sizes[k % SIZES], k / SIZES, taken.fault.en);
            }
            if (taken.blocks > 1 + 2 * text.size / block_sizes[k % SIZES]) fail_msg("%s: %zu blocks", cases[i].name, taken.blocks);
            free(taken.data);
            clr_input_free(&input);
        }
        free(text.data);
    }
}

static void a_record_too_long_is_refused_wherever_it_lies(void **state)
{
    static const struct {
        const char *name;
        long plan[12];
        uint64_t offset;                         /* of the long record */
    } cases[] = {
        { "alone", { (long)MAX + 1 }, 0 },
        { "alone, without its end", { -(long)MAX - 1 }, 0 },
        { "first", { (long)MAX + 1, 5, 5 }, 0 },
        { "inside a block", { 5, 5, (long)MAX + 1, 5 }, 10 },
        { "last", { 100, 100, (long)MAX + 1 }, 200 },
        { "last, without its end", { 100, 100, -(long)MAX - 1 }, 200 },
        { "across the end of a block", { 60000, 60000, (long)MAX + 1, 60000, 60000 }, 120000 },
        { "in the second block", { 60000, 60000, 60000, 60000, 60000, 70000, 5 }, 300000 },
        { "longer than a block", { 5, 20 * (long)MAX, 5 }, 5 },
        { "not a text at all", { -3000000 }, 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct scratch_bytes text = lines_of(cases[i].plan);

        for (size_t k = 0; k < SIZES * 2; k++) {
            struct clr_codec_file file = { .codec = &lines };
            struct clr_input input;

            scan(text, k / SIZES == 0 ? SCRATCH_PLAIN : SCRATCH_ZSTD, &input);
            struct taken taken = take_all(&input, &file, block_sizes[k % SIZES]);
            if (taken.status != CLR_REFUSED || taken.reason != CLR_FILE_REASON_FRAMING || taken.fault.offset != cases[i].offset ||
                !taken.fault.has_offset || taken.fault.zh[0] == '\0' || strcmp(taken.fault.path, input.path) != 0) {
                fail_msg("%s, blocks of %zu: status %d at %llu", cases[i].name, block_sizes[k % SIZES], (int)taken.status,
                         (unsigned long long)taken.fault.offset);
            }
            if (taken.size > cases[i].offset) fail_msg("%s: handed out the record", cases[i].name);
            free(taken.data);
            clr_input_free(&input);
        }
        free(text.data);
    }
}

static void fixed_records_leave_the_partial_one(void **state)
{
    static const struct {
        const char *name;
        size_t size;
        uint64_t data_offset;
        uint8_t length;
        size_t left;
    } cases[] = {
        { "no record", 44, 44, 158, 0 },
        { "whole records", 44 + 158 * 5000, 44, 158, 0 },
        { "one byte short", 44 + 158 * 5000 - 1, 44, 158, 157 },
        { "one byte more", 44 + 158 * 5000 + 1, 44, 158, 1 },
        { "less than one", 44 + 100, 44, 158, 100 },
        { "length that divides a window", 128 * 4000 + 5, 0, 128, 5 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct scratch_bytes content = scratch_noise(cases[i].size, i);

        for (size_t k = 0; k < SIZES; k++) {
            struct clr_codec_file file = { .codec = &fixed, .data_offset = cases[i].data_offset };
            struct clr_input input;

            file.state[0] = cases[i].length;
            scan(content, SCRATCH_PLAIN, &input);
            struct taken taken = take_all(&input, &file, block_sizes[k]);
            const size_t want = cases[i].size - cases[i].data_offset - cases[i].left;
            if (taken.status != CLR_OK || taken.size != want || taken.handed != want ||
                memcmp(taken.data, content.data + cases[i].data_offset, want) != 0) {
                fail_msg("%s, blocks of %zu: %zu bytes", cases[i].name, block_sizes[k], taken.size);
            }
            free(taken.data);
            clr_input_free(&input);
        }
        free(content.data);
    }
}

static void a_header_beyond_the_end_is_refused(void **state)
{
    struct scratch_bytes content = scratch_noise(43, 1);

    (void)state;
    for (int packing = 0; packing < SCRATCH_PACKINGS; packing++) {
        struct clr_codec_file file = { .codec = &lines, .data_offset = 44 };
        struct clr_input input;

        scan(content, (enum scratch_packing)packing, &input);
        struct taken taken = take_all(&input, &file, 2 * MAX);
        assert_int_equal(taken.status, CLR_REFUSED);
        assert_int_equal(taken.reason, CLR_FILE_REASON_FRAMING);
        free(taken.data);
        clr_input_free(&input);
    }
    free(content.data);
}

/* Law: whatever the lines and the block size, the blocks are the file, or the first record too long is named. */
static void random_lines_survive_any_block_size(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 200; seed++) {
        uint64_t random = seed;
        long plan[30] = { 0 };
        uint64_t offset = 0, bad = UINT64_MAX;
        const size_t count = scratch_random(&random) % 29;

        for (size_t i = 0; i < count; i++) {
            const uint64_t kind = scratch_random(&random) % 60;
            const uint64_t length = kind == 0 ? MAX + 1 + scratch_random(&random) % 9 : kind < 20 ? MAX - scratch_random(&random) % 9
                                                                                     : 1 + scratch_random(&random) % 30000;
            plan[i] = i + 1 == count && seed % 2 == 0 ? -(long)length : (long)length;
            if (length > MAX && bad == UINT64_MAX) bad = offset;
            offset += length;
        }
        struct scratch_bytes text = lines_of(plan);
        struct clr_codec_file file = { .codec = &lines };
        struct clr_input input;
        scan(text, (enum scratch_packing)(seed % SCRATCH_PACKINGS), &input);
        struct taken taken = take_all(&input, &file, 2 * MAX + scratch_random(&random) % (4 * MAX));
        if (bad == UINT64_MAX && (taken.status != CLR_OK || taken.size != text.size || memcmp(taken.data, text.data, text.size) != 0)) {
            fail_msg("seed %llu: %s", (unsigned long long)seed, taken.fault.en);
        }
        if (bad != UINT64_MAX && (taken.status != CLR_REFUSED || taken.fault.offset != bad)) {
            fail_msg("seed %llu: status %d, offset %llu", (unsigned long long)seed, (int)taken.status, (unsigned long long)taken.fault.offset);
        }
        free(taken.data);
        free(text.data);
        clr_input_free(&input);
    }
}

static void a_change_or_a_stop_ends_the_blocks(void **state)
{
    static const long plan[] = { 60000, 60000, 60000, 60000, 60000, 60000, 60000, 60000, 0 };
    struct scratch_bytes text = lines_of(plan);
    uint8_t *buffer = malloc(2 * MAX);
    struct clr_codec_file file = { .codec = &lines };
    struct clr_input input;
    struct clr_blocks *blocks;
    struct clr_block block;
    enum clr_file_reason reason;

    (void)state;
    scan(text, SCRATCH_PLAIN, &input);
    assert_int_equal(clr_blocks_open(&input, &file, 2 * MAX, &blocks, &reason, NULL), CLR_OK);
    assert_int_equal(clr_blocks_next(blocks, buffer, &block, &reason, NULL), CLR_OK);
    clr_stop_request();
    assert_int_equal(clr_blocks_next(blocks, buffer, &block, &reason, NULL), CLR_STOPPED);
    clr_stop_clear();
    assert_int_equal(truncate(input.path, (off_t)text.size - 1), 0);
    assert_int_equal(clr_blocks_next(blocks, buffer, &block, &reason, NULL), CLR_REFUSED);
    assert_int_equal(reason, CLR_FILE_REASON_CHANGED);
    clr_blocks_close(blocks);
    assert_int_equal(clr_blocks_open(&input, &file, 2 * MAX, &blocks, &reason, NULL), CLR_REFUSED);
    assert_int_equal(reason, CLR_FILE_REASON_CHANGED);
    clr_input_free(&input);
    free(buffer);
    free(text.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_together_are_the_file),
        cmocka_unit_test(a_record_too_long_is_refused_wherever_it_lies),
        cmocka_unit_test(fixed_records_leave_the_partial_one),
        cmocka_unit_test(a_header_beyond_the_end_is_refused),
        cmocka_unit_test(random_lines_survive_any_block_size),
        cmocka_unit_test(a_change_or_a_stop_ends_the_blocks),
    };

    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
