/*
 * test_lz77.c: packed toll messages: known packings, round trips at block edges, damage of every byte; the frame; both as packings of an input.
 * The vectors are those of tests/oracle/lz77.py, which restates the packing on its own. The real pair is compared where it is.
 */
#include "scratch.h"

#include "base/lz77.h"
#include "base/tollframe.h"
#include "ingest/input.h"

static struct scratch_bytes pack(const void *data, size_t size)
{
    struct scratch_bytes packed;
    assert_int_equal(clr_lz77_pack(clr_bytes_of(data, size), &packed.data, &packed.size), CLR_OK);
    return packed;
}

static void packs_as_the_networks_do(void **state)
{
    static const struct { const char *plain, *packed; } cases[] = {
        { "", "" },
        { "<", "000100013c" },
        { "<<", "000200023c3c" },
        { "<a><a><a>", "000900051e1847d863" },
        { "<aaaaaaaaaaaaaaaa>", "001200081e184c33a7b11f00" },
        { "<x>abcabcabcabcabcabc</x>", "0019000e1e1e07c613118f1f27cc8f05f040" },
        { "<n>1000</n><n>100</n>", "0015000e1e1b87c31180c0603c17c3c869c0" },
        { "<Fee>15.00</Fee><Fee>15.00</Fee><Fee>0.00</Fee>", "002f00151e118ca651f0c46a2e180c0782fd1f70e2030f05c0" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[256] = "";
        const struct scratch_bytes packed = pack(cases[i].plain, strlen(cases[i].plain));
        for (size_t k = 0; k < packed.size; k++) snprintf(text + 2 * k, 3, "%02x", packed.data[k]);
        assert_string_equal(text, cases[i].packed);
        free(packed.data);
    }
}

/* ---- there and back ---- */

enum shape { EQUAL, RANDOM, TWO_LETTERS, TAGS, SHAPES };

static uint32_t next_number(uint32_t *seed) { return *seed = *seed * 1664525u + 1013904223u; }

static void fill(uint8_t *data, size_t size, enum shape shape, uint32_t seed)
{
    static const char tags[] = "<Transaction><TransId>1</TransId><Fee>15.00</Fee></Transaction>";
    for (size_t i = 0; i < size; i++) {
        const uint32_t number = next_number(&seed) >> 16;
        data[i] = shape == EQUAL ? 'a' : shape == RANDOM ? (uint8_t)number : shape == TWO_LETTERS ? (uint8_t)('a' + number % 2)
                : number % 40 == 0 ? (uint8_t)('0' + number % 10) : (uint8_t)tags[i % (sizeof tags - 1)];
    }
}

static void comes_back_as_it_was(void **state)
{
    static const size_t sizes[] = { 1, 2, 3, 7, 8, 9, 255, 4096, 65535, 65536, 65537, 131072, 200001 };
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        for (unsigned shape = 0; shape < SHAPES; shape++) {
            uint8_t *const plain = malloc(sizes[i]);
            uint64_t size;
            fill(plain, sizes[i], (enum shape)shape, (uint32_t)i + 1);
            const struct scratch_bytes packed = pack(plain, sizes[i]);
            assert_true(packed.size <= sizes[i] + (sizes[i] + 65535) / 65536 * CLR_LZ77_HEAD_SIZE);
            if (sizes[i] >= 4096 && shape != RANDOM) assert_true(packed.size < sizes[i] / 2);
            assert_true(clr_lz77_size(clr_bytes_of(packed.data, packed.size), &size));
            assert_int_equal(size, sizes[i]);
            assert_int_equal(clr_lz77_first(packed.data), plain[0]);
            uint8_t *const back = malloc(sizes[i]);
            assert_true(clr_lz77_unpack(clr_bytes_of(packed.data, packed.size), back));
            assert_memory_equal(back, plain, sizes[i]);
            free(back);
            free(packed.data);
            free(plain);
        }
    }
}

/** Each byte of a packing changed to each of some others: it is refused or unpacks to exactly what its heads say, and never writes beyond. */
static void damage_stays_inside(void **state)
{
    uint8_t plain[700];
    unsigned refused = 0, taken = 0;
    (void)state;
    fill(plain, sizeof plain, TAGS, 3);
    const struct scratch_bytes packed = pack(plain, sizeof plain);
    for (size_t at = 0; at < packed.size; at++) {
        for (unsigned change = 1; change < 256; change <<= 1) {
            uint8_t *const damaged = malloc(packed.size);
            uint64_t size;
            memcpy(damaged, packed.data, packed.size);
            damaged[at] ^= (uint8_t)change;
            bool whole = clr_lz77_size(clr_bytes_of(damaged, packed.size), &size);
            if (whole) {
                uint8_t *const back = malloc((size_t)size + 1);
                back[size] = 0x5a;
                whole = clr_lz77_unpack(clr_bytes_of(damaged, packed.size), back);
                assert_int_equal(back[size], 0x5a);
                free(back);
            }
            refused += !whole;
            taken += whole;
            free(damaged);
        }
    }
    assert_true(refused > 100 && taken > 100);      /* a literal may change without a trace: that is what the frame's MD5 is for */
    free(packed.data);
}

static void bad_blocks_are_refused(void **state)
{
    static const struct { const char *name; uint8_t byte[12]; size_t size; } cases[] = {
        { "a head cut off", { 0, 1, 0 }, 3 },
        { "coded larger than plain", { 0, 1, 0, 2, 'a', 'b' }, 6 },
        { "bytes missing", { 0, 9, 0, 5, 0x1e }, 5 },
        { "a byte too many", { 0, 1, 0, 1, '<', 0 }, 6 },
        { "a copy before anything is there", { 0, 9, 0, 2, 0x80, 0 }, 6 },
        { "a copy of what is not there yet", { 0, 9, 0, 3, 0x1e, 0x70, 0 }, 7 },
        { "fifteen one-bits", { 0, 9, 0, 4, 0x1e, 0x7f, 0xff, 0xff }, 8 },
        { "bits end too early", { 0, 9, 0, 2, 0x1e, 0x00 }, 6 },
        { "a byte of bits left over", { 0, 1, 0, 0, 0 }, 5 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t plain[65536];
        uint64_t size;
        const struct clr_bytes packed = clr_bytes_of(cases[i].byte, cases[i].size);
        if (clr_lz77_size(packed, &size) && size <= sizeof plain && clr_lz77_unpack(packed, plain)) fail_msg("taken: %s", cases[i].name);
    }
}

/* ---- the frame ---- */

static const char message[] = "<?xml version=\"1.0\"?>\n<Message><Header><MessageId>42</MessageId></Header><Body/></Message>\n";

static void frame_says_what_it_holds(void **state)
{
    struct clr_tollframe frame;
    uint8_t head[CLR_TOLLFRAME_SIZE];
    (void)state;
    assert_int_equal(clr_tollframe_write(42, clr_bytes_text(message), 77, head), CLR_OK);
    assert_memory_equal(head, "00000000000000000042000077", 26);
    assert_true(clr_tollframe_read(head, &frame));
    assert_int_equal(frame.message_id, 42);
    assert_int_equal(frame.body_size, 77);
    assert_int_equal(clr_tollframe_check(&frame, clr_bytes_text(message)), CLR_OK);
    assert_int_equal(clr_tollframe_check(&frame, clr_bytes_of(message, sizeof message - 2)), CLR_NOT_FOUND);
    /* the element alone, as the text of the interface has it */
    const char *const element = strstr(message, "<Message>");
    assert_int_equal(clr_tollframe_write(42, clr_bytes_of(element, strlen(element) - 1), 77, head), CLR_OK);
    assert_true(clr_tollframe_read(head, &frame));
    assert_int_equal(clr_tollframe_check(&frame, clr_bytes_text(message)), CLR_OK);
    assert_int_equal(clr_tollframe_write(42, clr_bytes_text(message), CLR_TOLLFRAME_BODY_MAX + 1, head), CLR_FULL);
    for (size_t at = 0; at < CLR_TOLLFRAME_SIZE; at++) {
        const uint8_t kept = head[at];
        head[at] = 'x';
        assert_false(clr_tollframe_read(head, &frame));
        head[at] = kept;
    }
    memset(head, '9', 20);                          /* no message has such a number */
    assert_false(clr_tollframe_read(head, &frame));
}

/* ---- as packings of an input ---- */

static enum clr_status scan(const struct scratch_bytes *file, struct clr_input *input, enum clr_file_reason *reason)
{
    struct clr_fault fault = { 0 };
    return clr_input_scan(scratch_write("message.xml.lz77", file->data, file->size), 1, input, reason, &fault);
}

static struct scratch_bytes framed(const struct scratch_bytes *packed, size_t body_size)
{
    struct scratch_bytes file = { malloc(CLR_TOLLFRAME_SIZE + packed->size), CLR_TOLLFRAME_SIZE + packed->size };
    assert_int_equal(clr_tollframe_write(42, clr_bytes_text(message), body_size, file.data), CLR_OK);
    memcpy(file.data + CLR_TOLLFRAME_SIZE, packed->data, packed->size);
    return file;
}

static void reads_as_the_message(const struct scratch_bytes *file, enum clr_packing packing)
{
    struct clr_input input;
    struct clr_stream *stream;
    enum clr_file_reason reason;
    uint8_t root[CLR_DIGEST_SIZE], back[256];
    size_t got;
    assert_int_equal(scan(file, &input, &reason), CLR_OK);
    assert_int_equal(input.packing, packing);
    assert_string_equal(input.base_name, "message.xml");
    assert_int_equal(input.content_size, strlen(message));
    clr_root_of(message, strlen(message), root);
    assert_memory_equal(input.content, root, sizeof root);
    assert_memory_equal(input.head, message, input.head_size);
    assert_int_equal(clr_stream_open(&input, &stream, &reason, NULL), CLR_OK);
    assert_int_equal(clr_stream_read(stream, back, sizeof back, &got, &reason, NULL), CLR_OK);
    assert_int_equal(got, strlen(message));
    assert_memory_equal(back, message, got);
    clr_stream_close(stream);
    clr_input_free(&input);
}

static void inputs_are_unwrapped(void **state)
{
    const struct scratch_bytes packed = pack(message, strlen(message)), frame = framed(&packed, packed.size);
    struct clr_input input;
    enum clr_file_reason reason;
    (void)state;
    reads_as_the_message(&packed, CLR_PACKING_LZ77);
    reads_as_the_message(&frame, CLR_PACKING_FRAME);

    const struct scratch_bytes wrong_length = framed(&packed, packed.size - 1);
    assert_int_equal(scan(&wrong_length, &input, &reason), CLR_REFUSED);
    assert_int_equal(reason, CLR_FILE_REASON_FRAMING);
    frame.data[30] = frame.data[30] == '0' ? '1' : '0';                       /* its MD5 */
    assert_int_equal(scan(&frame, &input, &reason), CLR_REFUSED);
    assert_int_equal(reason, CLR_FILE_REASON_FRAMING);

    /* Not led to its end by its heads: whatever it is, it is no packed message. */
    const struct scratch_bytes cut = { packed.data, packed.size - 1 };
    assert_int_equal(scan(&cut, &input, &reason), CLR_OK);
    assert_int_equal(input.packing, CLR_PACKING_NONE);
    clr_input_free(&input);
    free(wrong_length.data);
    free(frame.data);
    free(packed.data);
}

/** 64 MiB and a block, all equal: some 70 KiB packed. Refused from the heads alone. */
static void bombs_are_not_unpacked(void **state)
{
    uint8_t *const plain = malloc(65536);
    struct clr_input input;
    enum clr_file_reason reason;
    (void)state;
    memset(plain, '<', 65536);
    const struct scratch_bytes block = pack(plain, 65536);
    struct scratch_bytes file = { malloc(block.size * 1025), block.size * 1025 };
    for (size_t i = 0; i < 1025; i++) memcpy(file.data + i * block.size, block.data, block.size);
    assert_true(file.size < 100000);
    assert_int_equal(scan(&file, &input, &reason), CLR_REFUSED);
    assert_int_equal(reason, CLR_FILE_REASON_TOO_LARGE);
    free(file.data);
    free(block.data);
    free(plain);
}

/* ---- the real pair ---- */

static struct scratch_bytes read_real(const char *name)
{
    const char *const told = getenv("CLR_SHARED_DATA");
    char path[1400];
    snprintf(path, sizeof path, "%s/etc/jiangsu/%s", told == NULL ? CLR_SHARED_DATA_DEFAULT : told, name);
    FILE *const from = fopen(path, "rb");
    if (from == NULL) skip();
    struct scratch_bytes file = { malloc(1 << 20), 0 };
    file.size = fread(file.data, 1, 1 << 20, from);
    fclose(from);
    return file;
}

static void real_pair_is_reproduced(void **state)
{
    const struct scratch_bytes plain = read_real("lz77_pair_100025.xml"), want = read_real("lz77_pair_100025.xml.lz77");
    const struct scratch_bytes packed = pack(plain.data, plain.size);
    uint8_t *const back = malloc(plain.size);
    uint64_t size;
    (void)state;
    assert_int_equal(packed.size, want.size);
    assert_memory_equal(packed.data, want.data, want.size);
    assert_true(clr_lz77_size(clr_bytes_of(want.data, want.size), &size));
    assert_int_equal(size, plain.size);
    assert_true(clr_lz77_unpack(clr_bytes_of(want.data, want.size), back));
    assert_memory_equal(back, plain.data, plain.size);
    free(back);
    free(packed.data);
    free(plain.data);
    free(want.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packs_as_the_networks_do), cmocka_unit_test(comes_back_as_it_was),   cmocka_unit_test(damage_stays_inside),
        cmocka_unit_test(bad_blocks_are_refused),   cmocka_unit_test(frame_says_what_it_holds), cmocka_unit_test(inputs_are_unwrapped),
        cmocka_unit_test(bombs_are_not_unpacked),   cmocka_unit_test(real_pair_is_reproduced),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
