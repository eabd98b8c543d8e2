/*
 * test_archive.c: what is sealed comes back, whatever is changed is found, and a failing disk leaves nothing behind.
 *
 * pwrite, fsync and rename are defined here, in front of the C library's, so that the n-th of them can be made to fail;
 * malloc, calloc and realloc of the engine are wrapped by the linker to the same end.
 */
#include "scratch.h"

#include <dirent.h>
#include <errno.h>
#include <sys/syscall.h>

#include "base/stop.h"
#include "base/token.h"
#include "store/archive.h"

#define MIB ((size_t)1 << 20)
#define HEADER_SIZE 128u
#define NEVER 1000000

static struct {
    int writes_left, syncs_left, renames_left;       /* calls that still succeed */
    int error;
    char log[64];                                    /* w, s, r in the order they were called, repeated ones once */
} disk = { .writes_left = NEVER, .syncs_left = NEVER, .renames_left = NEVER };

static void disk_works(void)
{
    disk.writes_left = disk.syncs_left = disk.renames_left = NEVER;
}

static bool fails(int *left)
{
    if ((*left)-- > 0) return false;
    *left = 0;
    errno = disk.error;
    return true;
}

static void log_call(char call)
{
    const size_t length = strlen(disk.log);

    if (length > 0 && disk.log[length - 1] == call) return;
    if (length + 1 < sizeof disk.log) disk.log[length] = call;
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t offset)
{
    log_call('w');
    return fails(&disk.writes_left) ? -1 : syscall(SYS_pwrite64, fd, data, size, offset);
}

int fsync(int fd)
{
    log_call('s');
    return fails(&disk.syncs_left) ? -1 : (int)syscall(SYS_fsync, fd);
}

int rename(const char *from, const char *to)
{
    log_call('r');
    return fails(&disk.renames_left) ? -1 : (int)syscall(SYS_rename, from, to);
}

static int allocations_left = NEVER;                 /* counted by one thread at a time: those tests run one worker */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

static bool no_memory(void)
{
    return allocations_left != NEVER && allocations_left-- <= 0;
}

void *__wrap_malloc(size_t size)
{
    return no_memory() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return no_memory() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return no_memory() ? NULL : __real_realloc(old, size);
}

/* ---- helpers ---- */

static const uint8_t key[CLR_STORE_KEY_SIZE] = { 1, 2, 3, 4, 5, 6, 7, 8 };
static const uint8_t other_key[CLR_STORE_KEY_SIZE] = { 1, 2, 3, 4, 5, 6, 7, 9 };

/* An archive folder of its own for every use, inside the scratch folder. */
static const char *new_folder(void)
{
    static char folders[8][PATH_MAX];                /* a test uses a few at a time */
    static unsigned number;
    char name[32], *folder = folders[number % 8];

    snprintf(name, sizeof name, "archive-%u", number++);
    snprintf(folder, PATH_MAX, "%s", scratch_path(name));
    return folder;
}

static size_t entries_of(const char *folder)
{
    DIR *entries = opendir(folder);
    size_t count = 0;

    if (entries == NULL) return 0;
    while (readdir(entries) != NULL) count++;
    closedir(entries);
    return count - 2;
}

static void file_of(const char *folder, const struct clr_input *input, char path[PATH_MAX])
{
    int at = snprintf(path, PATH_MAX, "%s/", folder);

    for (size_t i = 0; i < CLR_DIGEST_SIZE; i++) at += snprintf(path + at, 3, "%02x", input->received[i]);
    snprintf(path + at, 5, ".cla");
}

static void put_file(const char *path, const void *data, size_t size)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

/* Write and scan an input of this content. */
static void make_input(const char *name, struct scratch_bytes content, enum scratch_packing packing, struct clr_input *input)
{
    struct scratch_bytes file = scratch_pack(packing, content.data, content.size);
    enum clr_file_reason reason;

    assert_int_equal(clr_input_scan(scratch_write(name, file.data, file.size), 1, input, &reason, NULL), CLR_OK);
    free(file.data);
}

static struct clr_archive *open_archive(const char *folder, const struct clr_input *input)
{
    struct clr_archive *archive;
    struct clr_fault fault = { 0 };

    if (clr_archive_open(folder, key, input->received, &archive, &fault) != CLR_OK) fail_msg("%s", fault.en);
    return archive;
}

/* Opens, verifies and reads it all; the worst of what was said. */
static enum clr_status state_of(const char *folder, const uint8_t *store_key, const struct clr_input *input)
{
    struct clr_archive *archive;
    enum clr_status status = clr_archive_open(folder, store_key, input->received, &archive, NULL);

    if (status != CLR_OK) {
        assert_null(archive);
        return status;
    }
    status = clr_archive_verify(archive, NULL);
    clr_archive_close(archive);
    return status;
}

/* ---- what comes back ---- */

static void check_reads(struct clr_archive *archive, struct scratch_bytes content, uint64_t seed)
{
    uint8_t *buffer = malloc(content.size + 100);
    size_t got;

    assert_non_null(buffer);
    assert_int_equal(clr_archive_content_size(archive), content.size);
    assert_int_equal(clr_archive_read(archive, 0, buffer, content.size + 100, &got, NULL), CLR_OK);
    assert_int_equal(got, content.size);
    assert_memory_equal(buffer, content.data, content.size);
    assert_int_equal(clr_archive_read(archive, content.size, buffer, 10, &got, NULL), CLR_OK);
    assert_int_equal(got, 0);
    assert_int_equal(clr_archive_read(archive, UINT64_MAX, buffer, 10, &got, NULL), CLR_OK);
    assert_int_equal(got, 0);
    for (int i = 0; i < 6 && content.size > 0; i++) {        /* to and fro, across frames */
        const uint64_t offset = scratch_random(&seed) % content.size;
        const size_t size = scratch_random(&seed) % (i == 2 ? content.size + 1 : 400);
        const size_t want = size < content.size - offset ? size : content.size - (size_t)offset;

        assert_int_equal(clr_archive_read(archive, offset, buffer, size, &got, NULL), CLR_OK);
        assert_int_equal(got, want);
        assert_memory_equal(buffer, content.data + offset, want);
    }
    free(buffer);
}

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

/* ---- writing again, removing ---- */

static ino_t inode_of(const char *path)
{
    struct stat entry;

    assert_int_equal(stat(path, &entry), 0);
    return entry.st_ino;
}

static void a_whole_archive_is_kept_and_a_damaged_one_replaced(void **state)
{
    struct scratch_bytes content = scratch_noise(MIB + 99, 41);
    const char *folder = new_folder();
    struct clr_input input;
    char path[PATH_MAX];

    (void)state;
    make_input("again", content, SCRATCH_GZIP, &input);
    file_of(folder, &input, path);
    assert_int_equal(clr_archive_write(folder, key, &input, 2, true, NULL), CLR_OK);
    ino_t before = inode_of(path);
    assert_int_equal(clr_archive_write(folder, key, &input, 2, true, NULL), CLR_OK);
    assert_int_equal(inode_of(path), before);                        /* the reference is there */
    const int held = open(path, O_RDONLY);                           /* its inode cannot be used again */
    assert_int_equal(clr_archive_write(folder, key, &input, 2, false, NULL), CLR_OK);
    assert_int_not_equal(inode_of(path), before);                    /* a reference does not stand for frames */
    close(held);
    before = inode_of(path);
    assert_int_equal(clr_archive_write(folder, key, &input, 2, false, NULL), CLR_OK);
    assert_int_equal(clr_archive_write(folder, key, &input, 2, true, NULL), CLR_OK);
    assert_int_equal(inode_of(path), before);                        /* frames do stand for a reference */

    struct scratch_bytes file = scratch_read(path);
    file.data[file.size / 2] ^= 1;
    put_file(path, file.data, file.size);
    assert_int_equal(state_of(folder, key, &input), CLR_DAMAGED);
    assert_int_equal(clr_archive_write(folder, key, &input, 2, false, NULL), CLR_OK);
    assert_int_equal(state_of(folder, key, &input), CLR_OK);
    put_file(path, "CLR", 3);
    assert_int_equal(clr_archive_write(folder, key, &input, 2, false, NULL), CLR_OK);
    assert_int_equal(state_of(folder, key, &input), CLR_OK);
    assert_int_equal(entries_of(folder), 1);
    free(file.data);
    free(content.data);
    clr_input_free(&input);
}

static void removing_and_sweeping(void **state)
{
    struct scratch_bytes content = scratch_noise(1000, 42);
    const char *folder = new_folder();
    char path[PATH_MAX], part[PATH_MAX + 8];
    struct clr_input input;

    (void)state;
    make_input("removed", content, SCRATCH_PLAIN, &input);
    assert_int_equal(clr_archive_remove(folder, input.received), CLR_OK);        /* no folder yet */
    assert_int_equal(clr_archive_bytes(folder), 0);
    clr_archive_sweep(folder);
    assert_int_equal(clr_archive_write(folder, key, &input, 1, false, NULL), CLR_OK);
    file_of(folder, &input, path);
    snprintf(part, sizeof part, "%s.part", path);
    put_file(part, "half", 4);
    assert_int_equal(entries_of(folder), 2);
    clr_archive_sweep(folder);
    assert_int_equal(entries_of(folder), 1);
    assert_int_equal(state_of(folder, key, &input), CLR_OK);
    assert_int_equal(clr_archive_remove(folder, input.received), CLR_OK);
    assert_int_equal(clr_archive_remove(folder, input.received), CLR_OK);
    assert_int_equal(state_of(folder, key, &input), CLR_NOT_FOUND);
    put_file(part, "half", 4);                                       /* a killed run's half file is no hindrance */
    assert_int_equal(clr_archive_write(folder, key, &input, 1, false, NULL), CLR_OK);
    assert_int_equal(entries_of(folder), 1);
    clr_input_free(&input);
    free(content.data);
}

static void a_reference_needs_its_file_as_it_was(void **state)
{
    struct scratch_bytes content = scratch_noise(MIB + 5000, 43);

    (void)state;
    for (int packing = 0; packing < SCRATCH_PACKINGS; packing++) {
        const char *folder = new_folder();
        struct clr_input input;
        struct clr_fault fault = { 0 };
        uint8_t byte;
        size_t got;

        make_input("referred", content, (enum scratch_packing)packing, &input);
        assert_int_equal(clr_archive_write(folder, key, &input, 2, true, NULL), CLR_OK);
        assert_true(clr_archive_bytes(folder) < 1000);
        struct clr_archive *archive = open_archive(folder, &input);
        check_reads(archive, content, 5);
        assert_int_equal(clr_archive_verify(archive, NULL), CLR_OK);
        clr_archive_close(archive);

        struct scratch_bytes file = scratch_read(input.path);
        file.data[file.size / 2] ^= 4;
        put_file(input.path, file.data, file.size);                  /* one bit of the file referred to */
        assert_int_equal(state_of(folder, key, &input), CLR_DAMAGED);
        archive = open_archive(folder, &input);
        assert_int_equal(clr_archive_read(archive, 0, &byte, 1, &got, &fault), CLR_DAMAGED);
        assert_string_equal(fault.path, input.path);
        file.data[file.size / 2] ^= 4;
        put_file(input.path, file.data, file.size);
        assert_int_equal(clr_archive_read(archive, 0, &byte, 1, &got, NULL), CLR_OK);
        assert_int_equal(truncate(input.path, (off_t)file.size - 1), 0);     /* under an open reader */
        assert_int_equal(clr_archive_read(archive, MIB, &byte, 1, &got, NULL), CLR_DAMAGED);
        clr_archive_close(archive);
        assert_int_equal(unlink(input.path), 0);
        assert_int_equal(state_of(folder, key, &input), CLR_DAMAGED);
        free(file.data);
        clr_input_free(&input);
    }
    free(content.data);
}

/* ---- what fails ---- */

static void a_changed_input_is_not_archived(void **state)
{
    static const char *const cases[] = { "appended", "same size and time", "removed" };
    struct scratch_bytes content = scratch_noise(2 * MIB, 51);

    (void)state;
    for (size_t i = 0; i < 3 * 2; i++) {
        const char *folder = new_folder();
        const bool reference = i >= 3;
        struct clr_input input;
        struct clr_fault fault = { 0 };

        make_input("changed", content, SCRATCH_PLAIN, &input);
        if (i % 3 == 0) assert_int_equal(truncate(input.path, 2 * MIB + 1), 0);
        if (i % 3 == 2) assert_int_equal(unlink(input.path), 0);
        if (i % 3 == 1) {                                            /* what size and time cannot show, the root does */
            const struct timespec times[2] = { { 0, UTIME_OMIT }, { input.mtime_ns / 1000000000, input.mtime_ns % 1000000000 } };
            content.data[MIB] ^= 1;
            put_file(input.path, content.data, content.size);
            assert_int_equal(utimensat(AT_FDCWD, input.path, times, 0), 0);
            if (reference) {                                         /* its digest is compared when it is read */
                clr_input_free(&input);
                continue;
            }
        }
        const enum clr_status status = clr_archive_write(folder, key, &input, 2, reference, &fault);
        if (status != CLR_REFUSED || fault.zh[0] == '\0') fail_msg("%s: %d", cases[i % 3], (int)status);
        if (entries_of(folder) != 0) fail_msg("%s: left something", cases[i % 3]);
        clr_input_free(&input);
    }
    free(content.data);
}

/* Let the n-th call of one kind fail, for every n, until the archive can be written without reaching it. */
static void fail_every(const char *name, int *left, int error, const struct clr_input *input, bool reference)
{
    int n = 0;

    disk.error = error;
    for (;; n++) {
        const char *folder = new_folder();
        struct clr_fault fault = { 0 };

        *left = n;
        const enum clr_status status = clr_archive_write(folder, key, input, 2, reference, &fault);
        disk_works();
        if (status == CLR_OK) {
            assert_int_equal(state_of(folder, key, input), CLR_OK);
            break;
        }
        if (status != CLR_FULL || fault.en[0] == '\0' || fault.path[0] == '\0') fail_msg("%s %d: status %d", name, n, (int)status);
        if (entries_of(folder) != 0) fail_msg("%s %d: left something", name, n);
        assert_int_equal(clr_archive_write(folder, key, input, 2, reference, NULL), CLR_OK);     /* after the cause is gone */
        assert_int_equal(state_of(folder, key, input), CLR_OK);
    }
    assert_true(n > 0);
}

static void a_failing_disk_leaves_nothing_behind(void **state)
{
    struct scratch_bytes content = scratch_noise(3 * MIB, 61);
    struct clr_input input;

    (void)state;
    make_input("written", content, SCRATCH_PLAIN, &input);
    for (int reference = 0; reference < 2; reference++) {
        fail_every("no space at write", &disk.writes_left, ENOSPC, &input, reference);
        fail_every("quota at write", &disk.writes_left, EDQUOT, &input, reference);
        fail_every("disk error at write", &disk.writes_left, EIO, &input, reference);
        fail_every("disk error at sync", &disk.syncs_left, EIO, &input, reference);
        fail_every("no space at rename", &disk.renames_left, ENOSPC, &input, reference);
    }
    /* A whole archive that was there stays when nothing needs to be written. */
    const char *folder = new_folder();
    assert_int_equal(clr_archive_write(folder, key, &input, 1, false, NULL), CLR_OK);
    disk.writes_left = 0;
    assert_int_equal(clr_archive_write(folder, key, &input, 1, false, NULL), CLR_OK);
    disk_works();
    /* No folder, and none can be made. */
    assert_int_equal(clr_archive_write(scratch_path("written/archive"), key, &input, 1, false, NULL), CLR_USAGE);
    free(content.data);
    clr_input_free(&input);
}

/* Scan, archive, open, read, verify with the n-th allocation failing; what was taken is given back (the sanitizer sees leaks). */
static enum clr_status whole_life(const char *folder, const char *path, bool reference)
{
    struct clr_input input;
    struct clr_archive *archive = NULL;
    enum clr_file_reason reason;
    uint8_t byte;
    size_t got;
    enum clr_status status = clr_input_scan(path, 1, &input, &reason, NULL);

    if (status != CLR_OK) return status;
    status = clr_archive_write(folder, key, &input, 1, reference, NULL);
    if (status != CLR_OK && entries_of(folder) != 0) fail_msg("left something");
    if (status == CLR_OK) status = clr_archive_open(folder, key, input.received, &archive, NULL);
    if (status == CLR_OK) status = clr_archive_read(archive, 5, &byte, 1, &got, NULL);
    if (status == CLR_OK) status = clr_archive_verify(archive, NULL);
    clr_archive_close(archive);
    clr_input_free(&input);
    return status;
}

static void every_failing_allocation_is_said(void **state)
{
    struct scratch_bytes content = scratch_noise(MIB + 10, 63);

    (void)state;
    for (int packing = 0; packing < SCRATCH_PACKINGS; packing += 3) {            /* plain and zstd */
        struct scratch_bytes file = scratch_pack((enum scratch_packing)packing, content.data, content.size);
        char path[PATH_MAX];

        snprintf(path, sizeof path, "%s", scratch_write("short of memory", file.data, file.size));

        for (int reference = 0; reference < 2; reference++) {
            enum clr_status status = CLR_FULL;
            int n;

            for (n = 0; status != CLR_OK; n++) {
                allocations_left = n;
                status = whole_life(new_folder(), path, reference);
                allocations_left = NEVER;
                if (status != CLR_OK && status != CLR_FULL) fail_msg("packing %d, allocation %d: status %d", packing, n, (int)status);
                assert_true(n < 500);
            }
            assert_true(n > 10);
        }
        free(file.data);
    }
    free(content.data);
}

/* Content before name, name before the caller hears of it; else a power cut could leave a name without content. */
static void syncs_stand_where_they_must(void **state)
{
    struct scratch_bytes content = scratch_noise(3 * MIB, 62);
    struct clr_input input;

    (void)state;
    make_input("synced", content, SCRATCH_PLAIN, &input);
    for (int reference = 0; reference < 2; reference++) {
        const char *folder = new_folder();

        memset(disk.log, 0, sizeof disk.log);
        assert_int_equal(clr_archive_write(folder, key, &input, 2, reference, NULL), CLR_OK);
        assert_string_equal(disk.log, "swsrs");                      /* folder made, content, its sync, name, its sync */
        memset(disk.log, 0, sizeof disk.log);
        assert_int_equal(clr_archive_write(folder, key, &input, 2, reference, NULL), CLR_OK);
        assert_string_equal(disk.log, "s");                          /* it is there; perhaps by a run that died before this */
        memset(disk.log, 0, sizeof disk.log);
        assert_int_equal(clr_archive_remove(folder, input.received), CLR_OK);
        assert_string_equal(disk.log, "s");
    }
    free(content.data);
    clr_input_free(&input);
}

static void a_stop_leaves_nothing_behind(void **state)
{
    struct scratch_bytes content = scratch_noise(3 * MIB, 71);
    const char *folder = new_folder();
    struct clr_input input;

    (void)state;
    make_input("stopped", content, SCRATCH_PLAIN, &input);
    clr_stop_request();
    assert_int_equal(clr_archive_write(folder, key, &input, 2, false, NULL), CLR_STOPPED);
    clr_stop_clear();
    assert_int_equal(entries_of(folder), 0);
    assert_int_equal(clr_archive_write(folder, key, &input, 2, false, NULL), CLR_OK);
    struct clr_archive *archive = open_archive(folder, &input);
    clr_stop_request();
    assert_int_equal(clr_archive_verify(archive, NULL), CLR_STOPPED);
    clr_stop_clear();
    assert_int_equal(clr_archive_verify(archive, NULL), CLR_OK);
    clr_archive_close(archive);
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
        cmocka_unit_test(a_whole_archive_is_kept_and_a_damaged_one_replaced),
        cmocka_unit_test(removing_and_sweeping),
        cmocka_unit_test(a_reference_needs_its_file_as_it_was),
        cmocka_unit_test(a_changed_input_is_not_archived),
        cmocka_unit_test(a_failing_disk_leaves_nothing_behind),
        cmocka_unit_test(every_failing_allocation_is_said),
        cmocka_unit_test(syncs_stand_where_they_must),
        cmocka_unit_test(a_stop_leaves_nothing_behind),
    };

    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
