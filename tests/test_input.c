/* test_input.c: digests, packing, refusals and changes of input files; the stream of unpacked bytes. */
#include "scratch.h"

#include <errno.h>

#include "base/stop.h"
#include "ingest/input.h"

#define MIB ((size_t)1 << 20)

static void hex_of(const uint8_t *digest, char text[2 * CLR_DIGEST_SIZE + 1])
{
    for (size_t i = 0; i < CLR_DIGEST_SIZE; i++) snprintf(text + 2 * i, 3, "%02x", digest[i]);
}

/* ---- digests ---- */

static void root_has_known_values(void **state)
{
    /* Computed with Python's hashlib from the definition in input.h. */
    static const struct {
        const char *name;
        size_t size;
        unsigned factor;                         /* byte i is i × factor mod 251 */
        const char *want;
    } cases[] = {
        { "no chunk at all", 0, 0, "9589ec3d5afa4356d39ffb0ded6526d5f00bb274b20297f8fc756bbc51046d76" },
        { "exactly one chunk", MIB, 0, "eedc1255ac4cf7ab2b003923c62f5cf3ca19e7564fd13951fac294c224ace7c2" },
        { "one byte in the second chunk", MIB + 1, 0, "f033a1a38296d2630c557887eb40c48456aa0c98a1d3d71ced4c25bde55a7a2e" },
        { "three chunks", 3000000, 31, "bf7d92217030bd9b772eae2088b45d007f3875c81de7c9b7d6fa19a89612507a" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t *data = malloc(cases[i].size + 1), root[CLR_DIGEST_SIZE];
        char text[2 * CLR_DIGEST_SIZE + 1];

        assert_non_null(data);
        for (size_t k = 0; k < cases[i].size; k++) data[k] = (uint8_t)(k * cases[i].factor % 251);
        clr_root_of(data, cases[i].size, root);
        hex_of(root, text);
        if (strcmp(text, cases[i].want) != 0) fail_msg("%s: %s", cases[i].name, text);
        free(data);
    }
}

static void scan_and_compare(const char *name, const struct scratch_bytes content, enum scratch_packing packing, unsigned threads)
{
    static const enum clr_packing seen_as[SCRATCH_PACKINGS] = {
        CLR_PACKING_NONE, CLR_PACKING_GZIP, CLR_PACKING_GZIP, CLR_PACKING_ZSTD, CLR_PACKING_ZSTD };
    struct scratch_bytes file = scratch_pack(packing, content.data, content.size);
    uint8_t content_root[CLR_DIGEST_SIZE], received_root[CLR_DIGEST_SIZE];
    const size_t head_size = content.size < CLR_HEAD_SIZE ? content.size : CLR_HEAD_SIZE;
    struct clr_input input;
    enum clr_file_reason reason;
    struct clr_fault fault = { 0 };

    clr_root_of(content.data, content.size, content_root);
    clr_root_of(file.data, file.size, received_root);
    if (clr_input_scan(scratch_write("scanned", file.data, file.size), threads, &input, &reason, &fault) != CLR_OK) {
        fail_msg("%s, packing %d, %u threads: %s", name, (int)packing, threads, fault.en);
    }
    if (memcmp(input.content, content_root, CLR_DIGEST_SIZE) != 0 || memcmp(input.received, received_root, CLR_DIGEST_SIZE) != 0 ||
        input.content_size != content.size || input.received_size != file.size || input.packing != seen_as[packing] ||
        input.head_size != head_size || memcmp(input.head, content.data, head_size) != 0) {
        fail_msg("%s, packing %d, %u threads", name, (int)packing, threads);
    }
    clr_input_free(&input);
    free(file.data);
}

static void scan_gives_one_digest_for_any_threads_and_packing(void **state)
{
    static const struct {
        const char *name;
        size_t size;
    } cases[] = {
        { "empty file", 0 },          { "one byte", 1 },
        { "three bytes", 3 },         { "the head exactly", CLR_HEAD_SIZE },
        { "one more than the head", CLR_HEAD_SIZE + 1 }, { "one less than a chunk", MIB - 1 },
        { "exactly a chunk", MIB },   { "a chunk and a byte", MIB + 1 },
        { "two chunks", 2 * MIB },    { "many chunks", 7 * MIB + 12345 },
    };
    static const unsigned threads[] = { 0, 1, 2, 3, 400 };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct scratch_bytes content = scratch_noise(cases[i].size, i);

        for (int packing = 0; packing < SCRATCH_PACKINGS; packing++) {
            for (size_t t = 0; t < sizeof threads / sizeof *threads; t++) {
                scan_and_compare(cases[i].name, content, (enum scratch_packing)packing, threads[t]);
            }
        }
        free(content.data);
    }
}

static void base_name_drops_folder_and_one_suffix(void **state)
{
    static const struct {
        const char *name, *want;
    } cases[] = {
        { "a.csv", "a.csv" },         { "a.csv.gz", "a.csv" },    { "a.csv.zst", "a.csv" },   { "A.CSV.GZ", "A.CSV" },
        { "a.gz.gz", "a.gz" },        { "a.zst.gz", "a.zst" },    { ".gz", ".gz" },           { ".zst", ".zst" },
        { "agz", "agz" },             { "a.gzip", "a.gzip" },     { "a.gz.csv", "a.gz.csv" }, { "中文 名.txt.gz", "中文 名.txt" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct clr_input input;
        enum clr_file_reason reason;
        const char *path = scratch_write(cases[i].name, "x", 1);

        assert_int_equal(clr_input_scan(path, 1, &input, &reason, NULL), CLR_OK);
        if (strcmp(input.base_name, cases[i].want) != 0 || strcmp(input.path, path) != 0) fail_msg("%s: %s", cases[i].name, input.base_name);
        clr_input_free(&input);
    }
    /* A path without a folder. */
    struct clr_input input;
    enum clr_file_reason reason;
    char before[PATH_MAX];
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(scratch_folder), 0);
    assert_int_equal(clr_input_scan("a.csv.gz", 1, &input, &reason, NULL), CLR_OK);
    assert_int_equal(chdir(before), 0);
    assert_string_equal(input.base_name, "a.csv");
    clr_input_free(&input);
}

/* ---- refusals ---- */

static void refuse(const char *name, const char *path, enum clr_file_reason want)
{
    struct clr_input input;
    enum clr_file_reason reason = CLR_FILE_REASON_COUNT;
    struct clr_fault fault = { 0 };
    const enum clr_status status = clr_input_scan(path, 2, &input, &reason, &fault);

    if (status != CLR_REFUSED || reason != want) fail_msg("%s: status %d, reason %d, %s", name, (int)status, (int)reason, fault.en);
    if (fault.en[0] == '\0' || fault.zh[0] == '\0' || fault.path[0] == '\0') fail_msg("%s: says nothing", name);
    if (input.path != NULL || input.head != NULL) fail_msg("%s: left something", name);
}

enum damage { CUT, ADD, FLIP };

static void damaged_packing_is_refused(void **state)
{
    static const struct {
        const char *name;
        enum scratch_packing packing;
        enum damage damage;
        long at;                                 /* cut to this size, or flip here; negative: from the end. ADD: bytes of `added` */
        const char *added;
    } cases[] = {
        { "gzip: magic alone", SCRATCH_GZIP, CUT, 2, "" },
        { "gzip: half a header", SCRATCH_GZIP, CUT, 5, "" },
        { "gzip: header alone", SCRATCH_GZIP, CUT, 10, "" },
        { "gzip: cut in the middle", SCRATCH_GZIP, CUT, 100000, "" },
        { "gzip: checksum missing", SCRATCH_GZIP, CUT, -8, "" },
        { "gzip: last byte missing", SCRATCH_GZIP, CUT, -1, "" },
        { "gzip: second member cut", SCRATCH_GZIP_TWO_MEMBERS, CUT, -1, "" },
        { "gzip: unknown method", SCRATCH_GZIP, FLIP, 2, "" },
        { "gzip: reserved flag", SCRATCH_GZIP, FLIP, 3, "" },
        { "gzip: flipped body", SCRATCH_GZIP, FLIP, 100000, "" },
        { "gzip: flipped checksum", SCRATCH_GZIP, FLIP, -8, "" },
        { "gzip: flipped size", SCRATCH_GZIP, FLIP, -4, "" },
        { "gzip: flipped checksum of the second member", SCRATCH_GZIP_TWO_MEMBERS, FLIP, -8, "" },
        { "gzip: a zero byte follows", SCRATCH_GZIP, ADD, 1, "" },
        { "gzip: text follows", SCRATCH_GZIP, ADD, 5, "extra" },
        { "gzip: half a magic follows", SCRATCH_GZIP, ADD, 1, "\x1f" },
        { "gzip: text follows the second member", SCRATCH_GZIP_TWO_MEMBERS, ADD, 1, "\n" },
        { "zstd: magic alone", SCRATCH_ZSTD, CUT, 4, "" },
        { "zstd: half a header", SCRATCH_ZSTD, CUT, 5, "" },
        { "zstd: cut in the middle", SCRATCH_ZSTD, CUT, 100000, "" },
        { "zstd: checksum missing", SCRATCH_ZSTD, CUT, -4, "" },
        { "zstd: last byte missing", SCRATCH_ZSTD, CUT, -1, "" },
        { "zstd: skippable frame cut", SCRATCH_ZSTD_FRAMES, CUT, 9, "" },
        { "zstd: last frame cut", SCRATCH_ZSTD_FRAMES, CUT, -1, "" },
        { "zstd: flipped body", SCRATCH_ZSTD, FLIP, 100000, "" },
        { "zstd: flipped checksum", SCRATCH_ZSTD, FLIP, -1, "" },
        { "zstd: zero bytes follow", SCRATCH_ZSTD, ADD, 4, "\0\0\0" },
        { "zstd: text follows", SCRATCH_ZSTD_FRAMES, ADD, 7, "extra\r\n" },
        { "zstd: half a magic follows", SCRATCH_ZSTD, ADD, 2, "\x28\xb5" },
    };
    struct scratch_bytes content = scratch_noise(600000, 7);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct scratch_bytes file = scratch_pack(cases[i].packing, content.data, content.size);
        const size_t at = cases[i].at < 0 ? file.size - (size_t)-cases[i].at : (size_t)cases[i].at;

        if (cases[i].damage == CUT) file.size = at;
        if (cases[i].damage == FLIP) file.data[at] ^= 0x80;
        if (cases[i].damage == ADD) file = scratch_join(file, scratch_copy(cases[i].added, at));
        refuse(cases[i].name, scratch_write("damaged", file.data, file.size), CLR_FILE_REASON_FRAMING);
        free(file.data);
    }
    free(content.data);
}

/* Not one byte may be missing, and no single cut may hang or read outside (under the sanitizer). */
static void every_cut_of_a_packed_file_is_refused(void **state)
{
    static const char text[] = "20180901,3600012345678901,400,bus\n20180901,3600012345678902,200,metro\n";

    (void)state;
    for (int packing = SCRATCH_GZIP; packing < SCRATCH_PACKINGS; packing++) {
        struct scratch_bytes file = scratch_pack((enum scratch_packing)packing, (const uint8_t *)text, sizeof text - 1);
        size_t whole = 0;                        /* cuts at a member or frame end are files of their own */

        for (size_t size = 4; size < file.size; size++) {
            struct clr_input input;
            enum clr_file_reason reason = CLR_FILE_REASON_COUNT;
            const enum clr_status status = clr_input_scan(scratch_write("cut", file.data, size), 1, &input, &reason, NULL);

            if (status == CLR_OK) {
                whole++;
                clr_input_free(&input);
            } else if (status != CLR_REFUSED || reason != CLR_FILE_REASON_FRAMING) {
                fail_msg("packing %d cut to %zu: status %d, reason %d", packing, size, (int)status, (int)reason);
            }
        }
        static const size_t want_whole[SCRATCH_PACKINGS] = { 0, 0, 1, 0, 2 };
        assert_int_equal(whole, want_whole[packing]);
        free(file.data);
    }
}

static void bombs_are_refused(void **state)
{
    const size_t small = 64 * MIB, large = 320 * MIB;
    uint8_t *zeros = calloc(1, large);
    struct scratch_bytes file;

    (void)state;
    assert_non_null(zeros);
    file = scratch_zstd(zeros, small);
    refuse("zstd: 64 MiB of zeros", scratch_write("bomb", file.data, file.size), CLR_FILE_REASON_TOO_LARGE);
    free(file.data);
    file = scratch_gzip(zeros, large, 6);        /* gzip reaches 1029 : 1 at most; the allowance of 1 MiB lets small ones through */
    refuse("gzip: 320 MiB of zeros", scratch_write("bomb", file.data, file.size), CLR_FILE_REASON_TOO_LARGE);
    free(file.data);
    /* As it should: within the ratio, and a tiny file within the allowance. */
    file = scratch_zstd(zeros, MIB);
    struct clr_input input;
    enum clr_file_reason reason;
    assert_int_equal(clr_input_scan(scratch_write("no bomb", file.data, file.size), 1, &input, &reason, NULL), CLR_OK);
    assert_int_equal(input.content_size, MIB);
    clr_input_free(&input);
    free(file.data);
    free(zeros);
}

static void zstd_window_is_limited(void **state)
{
    /* A frame header by hand: no size, no checksum, window 2^(10 + n), then one empty last raw block. */
    static const uint8_t fits[] = { 0x28, 0xb5, 0x2f, 0xfd, 0x00, 17 << 3, 0x01, 0x00, 0x00 };
    static const uint8_t too_wide[] = { 0x28, 0xb5, 0x2f, 0xfd, 0x00, 18 << 3, 0x01, 0x00, 0x00 };
    struct clr_input input;
    enum clr_file_reason reason;

    (void)state;
    assert_int_equal(clr_input_scan(scratch_write("window", fits, sizeof fits), 1, &input, &reason, NULL), CLR_OK);
    assert_int_equal(input.content_size, 0);
    clr_input_free(&input);
    refuse("window of 256 MiB", scratch_write("window", too_wide, sizeof too_wide), CLR_FILE_REASON_TOO_LARGE);
}

static void only_regular_files_are_read(void **state)
{
    char long_name[PATH_MAX];

    (void)state;
    memset(long_name, 'n', 300);
    long_name[300] = '\0';
    assert_int_equal(mkfifo(scratch_path("fifo"), 0600), 0);
    assert_int_equal(symlink(scratch_path("loop"), scratch_path("loop")), 0);
    scratch_write("plain", "x", 1);
    const struct {
        const char *name, *path;
    } cases[] = {
        { "directory", scratch_folder },
        { "FIFO without a writer", scratch_path("fifo") },
        { "device", "/dev/null" },
        { "no such file", scratch_path("absent") },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) refuse(cases[i].name, cases[i].path, CLR_FILE_REASON_UNREADABLE);
    refuse("link to itself", scratch_path("loop"), CLR_FILE_REASON_UNREADABLE);
    refuse("file taken for a folder", scratch_path("plain/x"), CLR_FILE_REASON_UNREADABLE);
    refuse("name too long", scratch_path(long_name), CLR_FILE_REASON_UNREADABLE);

    struct clr_input input;
    enum clr_file_reason reason;
    struct clr_fault fault;
    assert_int_equal(clr_input_scan(scratch_path("absent"), 1, &input, &reason, &fault), CLR_REFUSED);
    assert_non_null(strstr(fault.en, "no such file"));
    assert_int_equal(clr_input_scan(scratch_folder, 1, &input, &reason, &fault), CLR_REFUSED);
    assert_non_null(strstr(fault.en, "directory"));
    assert_non_null(strstr(fault.zh, "目录"));
}

static void too_large_a_file_is_refused_unread(void **state)
{
    const char *path = scratch_write("huge", "x", 1);

    (void)state;
    /* Sparse; a filesystem that holds no such file answers EFBIG, and then there is nothing to refuse. */
    if (truncate(path, ((off_t)1 << 40) + 1) != 0) {
        assert_int_equal(errno, EFBIG);
        return;
    }
    refuse("1 TiB and a byte", path, CLR_FILE_REASON_TOO_LARGE);
    assert_int_equal(unlink(path), 0);
}

/* ---- changes between the scan and the end of reading ---- */

enum change { NO_CHANGE, APPEND, SHORTEN, TOUCH, REPLACE, REMOVE };

static void change_file(const char *path, enum change change)
{
    struct stat entry;
    assert_int_equal(stat(path, &entry), 0);
    const struct timespec later[2] = { entry.st_atim, { entry.st_mtim.tv_sec + 1, entry.st_mtim.tv_nsec } };
    const struct timespec same[2] = { entry.st_atim, entry.st_mtim };

    switch (change) {
    case NO_CHANGE: return;
    case APPEND: {
        FILE *file = fopen(path, "ab");
        assert_non_null(file);
        assert_int_equal(fputc('\n', file), '\n');
        assert_int_equal(fclose(file), 0);
        assert_int_equal(utimensat(AT_FDCWD, path, same, 0), 0);
        return;
    }
    case SHORTEN:
        assert_int_equal(truncate(path, entry.st_size - 1), 0);
        assert_int_equal(utimensat(AT_FDCWD, path, same, 0), 0);
        return;
    case TOUCH: assert_int_equal(utimensat(AT_FDCWD, path, later, 0), 0); return;
    case REPLACE: {                              /* same size, same time, another file */
        struct scratch_bytes bytes = scratch_read(path);
        bytes.data[bytes.size / 2] ^= 1;
        const char *other = scratch_write("other", bytes.data, bytes.size);
        assert_int_equal(utimensat(AT_FDCWD, other, same, 0), 0);
        assert_int_equal(rename(other, path), 0);
        free(bytes.data);
        return;
    }
    case REMOVE: assert_int_equal(unlink(path), 0); return;
    }
}

static void changes_are_found(void **state)
{
    static const struct {
        const char *name;
        enum change change;
        bool between_reads;                      /* else between scan and open */
        enum clr_status want;
        enum clr_file_reason reason;
    } cases[] = {
        { "nothing", NO_CHANGE, false, CLR_OK, CLR_FILE_REASON_COUNT },
        { "removed after it was opened", REMOVE, true, CLR_OK, CLR_FILE_REASON_COUNT },
        { "replaced after it was opened", REPLACE, true, CLR_OK, CLR_FILE_REASON_COUNT },
        { "appended before", APPEND, false, CLR_REFUSED, CLR_FILE_REASON_CHANGED },
        { "shortened before", SHORTEN, false, CLR_REFUSED, CLR_FILE_REASON_CHANGED },
        { "new time before", TOUCH, false, CLR_REFUSED, CLR_FILE_REASON_CHANGED },
        { "replaced before", REPLACE, false, CLR_REFUSED, CLR_FILE_REASON_CHANGED },
        { "removed before", REMOVE, false, CLR_REFUSED, CLR_FILE_REASON_UNREADABLE },
        { "appended while reading", APPEND, true, CLR_REFUSED, CLR_FILE_REASON_CHANGED },
        { "shortened while reading", SHORTEN, true, CLR_REFUSED, CLR_FILE_REASON_CHANGED },
        { "new time while reading", TOUCH, true, CLR_REFUSED, CLR_FILE_REASON_CHANGED },
    };
    struct scratch_bytes content = scratch_noise(2 * MIB, 3);
    uint8_t *buffer = malloc(content.size + 1);

    (void)state;
    assert_non_null(buffer);
    for (size_t i = 0; i < sizeof cases / sizeof *cases * 2; i++) {
        const enum scratch_packing packing = i % 2 == 0 ? SCRATCH_PLAIN : SCRATCH_GZIP;
        struct scratch_bytes file = scratch_pack(packing, content.data, content.size);
        const char *path = scratch_write("changing", file.data, file.size);
        struct clr_input input;
        struct clr_stream *stream = NULL;
        enum clr_file_reason reason = CLR_FILE_REASON_COUNT;
        size_t got, rest;

        assert_int_equal(clr_input_scan(path, 1, &input, &reason, NULL), CLR_OK);
        reason = CLR_FILE_REASON_COUNT;
        if (!cases[i / 2].between_reads) change_file(input.path, cases[i / 2].change);
        enum clr_status status = clr_stream_open(&input, &stream, &reason, NULL);
        if (status == CLR_OK) status = clr_stream_read(stream, buffer, MIB, &got, &reason, NULL);
        if (cases[i / 2].between_reads) change_file(input.path, cases[i / 2].change);
        if (status == CLR_OK) status = clr_stream_read(stream, buffer + MIB, MIB + 1, &rest, &reason, NULL);
        if (status != cases[i / 2].want || reason != cases[i / 2].reason) {
            fail_msg("%s, packing %d: status %d, reason %d", cases[i / 2].name, (int)packing, (int)status, (int)reason);
        }
        if (status == CLR_OK && (got + rest != content.size || memcmp(buffer, content.data, content.size) != 0)) fail_msg("%s", cases[i / 2].name);
        clr_stream_close(stream);
        clr_input_free(&input);
        free(file.data);
    }
    free(buffer);
    free(content.data);
}

/* gzip of `size` bytes, not compressed, with a name of `name_size` bytes in its header: sizes to the byte. */
static struct scratch_bytes gzip_named(const uint8_t *data, size_t size, size_t name_size)
{
    Bytef name[64] = { 0 };
    gz_header header = { .name = name, .os = 3 };
    struct scratch_bytes packed = { malloc(size + 4096), 0 };
    z_stream stream = { 0 };

    assert_non_null(packed.data);
    memset(name, 'n', name_size);
    assert_int_equal(deflateInit2(&stream, 0, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflateSetHeader(&stream, &header), Z_OK);
    stream.next_in = (Bytef *)(uintptr_t)data;
    stream.avail_in = (uInt)size;
    stream.next_out = packed.data;
    stream.avail_out = (uInt)(size + 4096);
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    packed.size = size + 4096 - stream.avail_out;
    deflateEnd(&stream);
    return packed;
}

/* Another packed file in the same place, of the same size and time: only its content can tell. */
static void packed_content_of_another_length_is_found(void **state)
{
    static const struct {
        const char *name;
        int longer;                              /* bytes of content more than were scanned */
        int flip_from_end;                       /* a byte to flip, 0 for none */
        enum clr_status want;
    } cases[] = {
        { "the same", 0, 0, CLR_OK },
        { "shorter", -5, 0, CLR_REFUSED },
        { "longer", 5, 0, CLR_REFUSED },
        { "wrong checksum behind the last byte", 0, 8, CLR_REFUSED },
        { "wrong length behind the last byte", 0, 1, CLR_REFUSED },
    };
    struct scratch_bytes content = scratch_noise(20000, 13);
    uint8_t *buffer = malloc(content.size + 10);

    (void)state;
    assert_non_null(buffer);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (int spare = 0; spare <= 10; spare += 10) {          /* read past the end at once, or exactly to it */
            struct scratch_bytes file = gzip_named(content.data, 15000, 20);
            struct scratch_bytes other = gzip_named(content.data, (size_t)(15000 + cases[i].longer), (size_t)(20 - cases[i].longer));
            const char *path = scratch_write("swapped", file.data, file.size);
            struct clr_input input;
            struct clr_stream *stream;
            enum clr_file_reason reason = CLR_FILE_REASON_COUNT;
            size_t got;

            assert_int_equal(other.size, file.size);
            if (cases[i].flip_from_end > 0) other.data[other.size - (size_t)cases[i].flip_from_end] ^= 1;
            assert_int_equal(clr_input_scan(path, 1, &input, &reason, NULL), CLR_OK);
            scratch_write("swapped", other.data, other.size);    /* truncates and fills the same inode */
            const struct timespec times[2] = { { 0, UTIME_OMIT }, { input.mtime_ns / 1000000000, input.mtime_ns % 1000000000 } };
            assert_int_equal(utimensat(AT_FDCWD, input.path, times, 0), 0);
            assert_int_equal(clr_stream_open(&input, &stream, &reason, NULL), CLR_OK);
            const enum clr_status status = clr_stream_read(stream, buffer, 15000 + (size_t)spare, &got, &reason, NULL);
            if (status != cases[i].want || (status == CLR_REFUSED && reason != CLR_FILE_REASON_CHANGED)) {
                fail_msg("%s, %d spare: status %d, reason %d", cases[i].name, spare, (int)status, (int)reason);
            }
            clr_stream_close(stream);
            clr_input_free(&input);
            free(file.data);
            free(other.data);
        }
    }
    free(buffer);
    free(content.data);
}

static void stream_gives_the_content_for_any_read_size(void **state)
{
    static const size_t sizes[] = { 1, 4095, 65536, 300001, MIB, 4 * MIB };
    struct scratch_bytes content = scratch_noise(MIB + 77777, 11);
    uint8_t *buffer = malloc(4 * MIB);

    (void)state;
    assert_non_null(buffer);
    for (int packing = 0; packing < SCRATCH_PACKINGS; packing++) {
        struct scratch_bytes file = scratch_pack((enum scratch_packing)packing, content.data, content.size);
        struct clr_input input;
        enum clr_file_reason reason;

        assert_int_equal(clr_input_scan(scratch_write("streamed", file.data, file.size), 1, &input, &reason, NULL), CLR_OK);
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            struct clr_stream *stream;
            size_t at = 0, got;

            assert_int_equal(clr_stream_open(&input, &stream, &reason, NULL), CLR_OK);
            do {
                assert_int_equal(clr_stream_read(stream, buffer, sizes[i], &got, &reason, NULL), CLR_OK);
                if (got > content.size - at || memcmp(buffer, content.data + at, got) != 0) fail_msg("packing %d at %zu", packing, at);
                at += got;
            } while (got == sizes[i] && (sizes[i] > 1 || at < 5000));      /* single bytes: the first few thousand */
            if (sizes[i] > 1) assert_int_equal(at, content.size);
            clr_stream_close(stream);
        }
        clr_input_free(&input);
        free(file.data);
    }
    free(buffer);
    free(content.data);
}

static void a_stop_is_obeyed(void **state)
{
    struct scratch_bytes content = scratch_noise(2 * MIB, 5);
    struct clr_input input;
    struct clr_stream *stream;
    enum clr_file_reason reason;
    size_t got;

    (void)state;
    for (int packing = 0; packing < SCRATCH_PACKINGS; packing++) {
        struct scratch_bytes file = scratch_pack((enum scratch_packing)packing, content.data, content.size);
        const char *path = scratch_write("stopped", file.data, file.size);

        clr_stop_request();
        assert_int_equal(clr_input_scan(path, 2, &input, &reason, NULL), CLR_STOPPED);
        assert_null(input.path);
        clr_stop_clear();
        assert_int_equal(clr_input_scan(path, 2, &input, &reason, NULL), CLR_OK);
        assert_int_equal(clr_stream_open(&input, &stream, &reason, NULL), CLR_OK);
        clr_stop_request();
        assert_int_equal(clr_stream_read(stream, content.data, 10, &got, &reason, NULL), CLR_STOPPED);
        clr_stop_clear();
        assert_int_equal(clr_stream_read(stream, content.data, 10, &got, &reason, NULL), CLR_OK);
        assert_int_equal(got, 10);
        clr_stream_close(stream);
        clr_input_free(&input);
        free(file.data);
    }
    free(content.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(root_has_known_values),
        cmocka_unit_test(scan_gives_one_digest_for_any_threads_and_packing),
        cmocka_unit_test(base_name_drops_folder_and_one_suffix),
        cmocka_unit_test(damaged_packing_is_refused),
        cmocka_unit_test(every_cut_of_a_packed_file_is_refused),
        cmocka_unit_test(bombs_are_refused),
        cmocka_unit_test(zstd_window_is_limited),
        cmocka_unit_test(only_regular_files_are_read),
        cmocka_unit_test(too_large_a_file_is_refused_unread),
        cmocka_unit_test(changes_are_found),
        cmocka_unit_test(packed_content_of_another_length_is_found),
        cmocka_unit_test(stream_gives_the_content_for_any_read_size),
        cmocka_unit_test(a_stop_is_obeyed),
    };

    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
