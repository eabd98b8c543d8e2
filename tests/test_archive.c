/* test_archive.c: what is sealed comes back, and whatever is changed is found. Writing, and what fails then: test_archive_write.c. */
#include "archive_fixture.h"

#define HEADER_SIZE 128u

static const uint8_t other_key[CLR_STORE_KEY_SIZE] = { 1, 2, 3, 4, 5, 6, 7, 9 };

/* ---- what comes back ---- */

static void what_was_archived_comes_back(void **state)
{
    static const struct {
        const char *name;
        size_t size;
    } cases[] = {
        { "empty file", 0 }, { "one byte", 1 }, { "exactly a frame", MIB }, { "a frame and a byte", MIB + 1 },
        { "two frames", 2 * MIB }, { "more frames than one round", 9 * MIB + 4321 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct scratch_bytes content = scratch_noise(cases[i].size, 100 + i);

        for (int packing = 0; packing < SCRATCH_PACKINGS; packing++) {
            struct scratch_bytes first = { 0 };
            struct clr_input input;

            make_input("kept", content, (enum scratch_packing)packing, &input);
            for (unsigned threads = 0; threads <= 3; threads++) {
                const char *folder = new_folder();
                char path[PATH_MAX];
                struct clr_fault fault = { 0 };

                if (clr_archive_write(folder, key, &input, threads, false, &fault) != CLR_OK) fail_msg("%s: %s", cases[i].name, fault.en);
                file_of(folder, &input, path);
                struct scratch_bytes file = scratch_read(path);
                assert_int_equal(clr_archive_bytes(folder), file.size);
                assert_int_equal(entries_of(folder), 1);
                struct clr_archive *archive = open_archive(folder, &input);
                check_reads(archive, content, i);
                assert_int_equal(clr_archive_verify(archive, NULL), CLR_OK);
                if (content.size < 2 * MIB) check_reads(archive, content, i + 50);
                clr_archive_close(archive);
                if (threads == 0) first = scratch_copy(file.data, file.size);
                if (file.size != first.size || memcmp(file.data, first.data, file.size) != 0) {
                    fail_msg("%s, packing %d: other bytes with %u threads", cases[i].name, packing, threads);
                }
                free(file.data);
                assert_int_equal(unlink(path), 0);
            }
            free(first.data);
            clr_input_free(&input);
        }
        free(content.data);
    }
}

static void the_file_is_private_and_shows_no_number(void **state)
{
    static const char number[] = "3600412345678901234";
    struct scratch_bytes content = scratch_noise(200000, 9);     /* the noise keeps zstd from hiding it */
    const char *folder = new_folder();
    struct clr_input input;
    struct stat entry;
    char path[PATH_MAX];

    (void)state;
    memcpy(content.data + 70000, number, sizeof number - 1);
    make_input("personal", content, SCRATCH_PLAIN, &input);
    assert_int_equal(clr_archive_write(folder, key, &input, 1, false, NULL), CLR_OK);
    file_of(folder, &input, path);
    struct scratch_bytes file = scratch_read(path);
    assert_non_null(memmem(content.data, content.size, number, 8));
    assert_null(memmem(file.data, file.size, number, 8));
    assert_null(memmem(file.data, file.size, content.data + 60000, 8));
    assert_int_equal(stat(path, &entry), 0);
    assert_int_equal(entry.st_mode & 0777, 0600);
    assert_int_equal(stat(folder, &entry), 0);
    assert_int_equal(entry.st_mode & 0777, 0700);
    free(file.data);
    free(content.data);
    clr_input_free(&input);
}

/* ---- what is found ---- */

static void a_flipped_bit_in_any_byte_of_a_small_archive_is_found(void **state)
{
    (void)state;
    for (int kind = 0; kind < 4; kind++) {                       /* plain, gzip, stored as is, reference */
        struct scratch_bytes content = kind == 2 ? scratch_noise(50000 + 300, 4) : scratch_noise(700, 4);
        const char *folder = new_folder();
        struct clr_input input;
        char path[PATH_MAX];

        if (kind == 2) {                                         /* the noise alone */
            memmove(content.data, content.data + 50000, 300);
            content.size = 300;
            content.data[0] = 'x';
        }
        make_input("small", content, kind == 1 ? SCRATCH_GZIP : SCRATCH_PLAIN, &input);
        assert_int_equal(clr_archive_write(folder, key, &input, 1, kind == 3, NULL), CLR_OK);
        file_of(folder, &input, path);
        struct scratch_bytes file = scratch_read(path);
        for (size_t at = 0; at < file.size; at++) {
            const uint8_t bit = (uint8_t)(1 << (at * 5 + 3) % 8);

            file.data[at] ^= bit;
            put_file(path, file.data, file.size);
            if (state_of(folder, key, &input) != CLR_DAMAGED) fail_msg("kind %d: bit %#x of byte %zu is not found", kind, bit, at);
            file.data[at] ^= bit;
        }
        for (size_t size = 0; size < file.size; size++) {        /* and every cut */
            put_file(path, file.data, size);
            if (state_of(folder, key, &input) != CLR_DAMAGED) fail_msg("kind %d: cut to %zu is not found", kind, size);
        }
        put_file(path, file.data, file.size + 1);                /* and a byte too many */
        assert_int_equal(state_of(folder, key, &input), CLR_DAMAGED);
        put_file(path, file.data, file.size);
        assert_int_equal(state_of(folder, key, &input), CLR_OK);
        free(file.data);
        free(content.data);
        clr_input_free(&input);
    }
}

static uint64_t le64_at(const uint8_t *from)
{
    uint64_t value;

    memcpy(&value, from, sizeof value);
    return value;
}

/* Where the frames of an archive of these bytes end. */
static size_t index_offset_of(uint8_t *data, size_t size)
{
    const char *folder = new_folder();
    struct clr_input input;
    char path[PATH_MAX];

    make_input("part", (struct scratch_bytes){ data, size }, SCRATCH_PLAIN, &input);
    assert_int_equal(clr_archive_write(folder, key, &input, 1, false, NULL), CLR_OK);
    file_of(folder, &input, path);
    struct scratch_bytes file = scratch_read(path);
    const size_t offset = (size_t)le64_at(file.data + 96);
    free(file.data);
    clr_input_free(&input);
    return offset;
}

/* A damaged frame fails the reads that need it and no others. */
static void damage_is_found_where_it_is_read(void **state)
{
    static const struct {
        const char *name;
        int frame;                                               /* -1 header, 3 index, -2 none */
        long at;                                                 /* in that part; negative: from its end */
        enum clr_status open, read[3], verify;                   /* reads in frames 0, 1, 2 */
    } cases[] = {
        { "whole", -2, 0, CLR_OK, { CLR_OK, CLR_OK, CLR_OK }, CLR_OK },
        { "magic", -1, 0, CLR_DAMAGED, { CLR_OK, CLR_OK, CLR_OK }, CLR_OK },
        { "packing", -1, 28, CLR_DAMAGED, { CLR_OK, CLR_OK, CLR_OK }, CLR_OK },
        { "content root", -1, 64, CLR_DAMAGED, { CLR_OK, CLR_OK, CLR_OK }, CLR_OK },
        { "zero bytes", -1, 127, CLR_DAMAGED, { CLR_OK, CLR_OK, CLR_OK }, CLR_OK },
        { "nonce of the first frame", 0, 0, CLR_OK, { CLR_DAMAGED, CLR_OK, CLR_OK }, CLR_DAMAGED },
        { "body of the first frame", 0, 30, CLR_OK, { CLR_DAMAGED, CLR_OK, CLR_OK }, CLR_DAMAGED },
        { "middle of the second frame", 1, 300000, CLR_OK, { CLR_OK, CLR_DAMAGED, CLR_OK }, CLR_DAMAGED },
        { "tag of the second frame", 1, -1, CLR_OK, { CLR_OK, CLR_DAMAGED, CLR_OK }, CLR_DAMAGED },
        { "nonce of the last frame", 2, 23, CLR_OK, { CLR_OK, CLR_OK, CLR_DAMAGED }, CLR_DAMAGED },
        { "tag of the last frame", 2, -16, CLR_OK, { CLR_OK, CLR_OK, CLR_DAMAGED }, CLR_DAMAGED },
        { "nonce of the index", 3, 0, CLR_DAMAGED, { CLR_OK, CLR_OK, CLR_OK }, CLR_OK },
        { "body of the index", 3, 40, CLR_DAMAGED, { CLR_OK, CLR_OK, CLR_OK }, CLR_OK },
        { "tag of the index", 3, -1, CLR_DAMAGED, { CLR_OK, CLR_OK, CLR_OK }, CLR_OK },
    };
    struct scratch_bytes content = scratch_noise(2 * MIB + 500000, 21);
    const char *folder = new_folder();
    struct clr_input input;
    char path[PATH_MAX];

    (void)state;
    make_input("three frames", content, SCRATCH_PLAIN, &input);
    assert_int_equal(clr_archive_write(folder, key, &input, 2, false, NULL), CLR_OK);
    file_of(folder, &input, path);
    struct scratch_bytes file = scratch_read(path);
    /* Only the sealed index knows where the frames lie; the first one and two alone end where the next begins. */
    const size_t starts[5] = { HEADER_SIZE, index_offset_of(content.data, MIB), index_offset_of(content.data, 2 * MIB),
                               (size_t)le64_at(file.data + 96), file.size };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct clr_archive *archive;
        uint8_t byte;
        size_t got;
        const int part = cases[i].frame;
        const size_t from = part < 0 ? 0 : starts[part], to = part < 0 ? HEADER_SIZE : starts[part + 1];
        const size_t at = cases[i].at < 0 ? to - (size_t)-cases[i].at : from + (size_t)cases[i].at;
        if (part != -2) file.data[at] ^= 0x10;
        put_file(path, file.data, file.size);
        if (part != -2) file.data[at] ^= 0x10;
        const enum clr_status opened = clr_archive_open(folder, key, input.received, &archive, NULL);
        if (opened != cases[i].open) fail_msg("%s: open says %d", cases[i].name, (int)opened);
        if (opened != CLR_OK) continue;
        for (int frame = 0; frame < 3; frame++) {
            struct clr_fault fault = { 0 };
            const enum clr_status read = clr_archive_read(archive, (uint64_t)frame * MIB + 77, &byte, 1, &got, &fault);

            if (read != cases[i].read[frame]) fail_msg("%s: reading frame %d says %d", cases[i].name, frame, (int)read);
            if (read != CLR_OK && (fault.en[0] == '\0' || fault.zh[0] == '\0' || fault.path[0] == '\0')) fail_msg("%s: silent", cases[i].name);
        }
        const enum clr_status verified = clr_archive_verify(archive, NULL);
        if (verified != cases[i].verify) fail_msg("%s: verify says %d", cases[i].name, (int)verified);
        clr_archive_close(archive);
    }
    free(file.data);
    free(content.data);
    clr_input_free(&input);
}

/* A frame that changes on the disk after it was read once must not be hidden by what is remembered of it. */
static void verify_reads_the_disk_again(void **state)
{
    struct scratch_bytes content = scratch_noise(5000, 22);
    const char *folder = new_folder();
    struct clr_input input;
    char path[PATH_MAX];
    uint8_t byte;
    size_t got;

    (void)state;
    make_input("read before", content, SCRATCH_PLAIN, &input);
    assert_int_equal(clr_archive_write(folder, key, &input, 2, false, NULL), CLR_OK);
    file_of(folder, &input, path);
    struct clr_archive *archive = open_archive(folder, &input);
    assert_int_equal(clr_archive_read(archive, 0, &byte, 1, &got, NULL), CLR_OK);
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, HEADER_SIZE + 50, SEEK_SET), 0);
    const int there = fgetc(file);
    assert_int_equal(fseek(file, HEADER_SIZE + 50, SEEK_SET), 0);
    fputc(there ^ 1, file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(clr_archive_verify(archive, NULL), CLR_DAMAGED);
    assert_int_equal(clr_archive_read(archive, 0, &byte, 1, &got, NULL), CLR_DAMAGED);
    clr_archive_close(archive);
    clr_input_free(&input);
    free(content.data);
}

static void wrong_key_name_and_place_are_found(void **state)
{
    struct scratch_bytes one = scratch_noise(3000, 31), two = scratch_noise(3000, 32);
    const char *folder = new_folder();
    struct clr_input first, second;
    char first_path[PATH_MAX], second_path[PATH_MAX];

    (void)state;
    two.data[5] ^= 1;
    make_input("first", one, SCRATCH_PLAIN, &first);
    make_input("second", two, SCRATCH_PLAIN, &second);
    assert_int_equal(state_of(folder, key, &first), CLR_NOT_FOUND);
    assert_int_equal(clr_archive_write(folder, key, &first, 1, false, NULL), CLR_OK);
    assert_int_equal(state_of(folder, key, &first), CLR_OK);
    assert_int_equal(state_of(folder, other_key, &first), CLR_DAMAGED);
    assert_int_equal(state_of(folder, key, &second), CLR_NOT_FOUND);
    file_of(folder, &first, first_path);
    file_of(folder, &second, second_path);
    assert_int_equal(link(first_path, second_path), 0);              /* one file under the other's name */
    assert_int_equal(state_of(folder, key, &second), CLR_DAMAGED);
    assert_int_equal(unlink(second_path), 0);
    assert_int_equal(symlink(first_path, second_path), 0);           /* a link in the archive is nobody's archive */
    assert_int_equal(state_of(folder, key, &second), CLR_DAMAGED);
    assert_int_equal(unlink(second_path), 0);
    assert_int_equal(mkdir(second_path, 0700), 0);
    assert_int_equal(state_of(folder, key, &second), CLR_DAMAGED);
    clr_input_free(&first);
    clr_input_free(&second);
    free(one.data);
    free(two.data);
}

/* Both are good pieces under the same key; only their places are wrong. */
static void exchanged_frames_are_found(void **state)
{
    const size_t sealed_size = MIB + 40;
    struct scratch_bytes content = { malloc(2 * MIB), 2 * MIB };
    const char *folder = new_folder();
    struct clr_input input;
    char path[PATH_MAX];
    uint64_t seed = 33;
    uint8_t byte;
    size_t got;

    (void)state;
    assert_non_null(content.data);
    for (size_t i = 0; i < content.size; i++) content.data[i] = (uint8_t)scratch_random(&seed);      /* too noisy to shrink: equal sizes */
    make_input("exchanged", content, SCRATCH_PLAIN, &input);
    assert_int_equal(clr_archive_write(folder, key, &input, 1, false, NULL), CLR_OK);
    file_of(folder, &input, path);
    struct scratch_bytes file = scratch_read(path);
    assert_int_equal(le64_at(file.data + 96), HEADER_SIZE + 2 * sealed_size);
    uint8_t *first = malloc(sealed_size);
    assert_non_null(first);
    memcpy(first, file.data + HEADER_SIZE, sealed_size);
    memmove(file.data + HEADER_SIZE, file.data + HEADER_SIZE + sealed_size, sealed_size);
    memcpy(file.data + HEADER_SIZE + sealed_size, first, sealed_size);
    put_file(path, file.data, file.size);
    struct clr_archive *archive = open_archive(folder, &input);
    assert_int_equal(clr_archive_read(archive, 0, &byte, 1, &got, NULL), CLR_DAMAGED);
    assert_int_equal(clr_archive_read(archive, MIB, &byte, 1, &got, NULL), CLR_DAMAGED);
    clr_archive_close(archive);
    free(first);
    free(file.data);
    free(content.data);
    clr_input_free(&input);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_archived_comes_back),
        cmocka_unit_test(the_file_is_private_and_shows_no_number),
        cmocka_unit_test(a_flipped_bit_in_any_byte_of_a_small_archive_is_found),
        cmocka_unit_test(damage_is_found_where_it_is_read),
        cmocka_unit_test(verify_reads_the_disk_again),
        cmocka_unit_test(wrong_key_name_and_place_are_found),
        cmocka_unit_test(exchanged_frames_are_found),
    };

    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
