/*
 * test_archive_write.c: what is there is kept or replaced, and a failing disk, too little memory or a stop leave nothing behind.
 *
 * pwrite, fsync and rename are defined here, in front of the C library's, so that the n-th of them can be made to fail;
 * malloc, calloc and realloc of the engine are wrapped by the linker to the same end.
 */
#include "archive_fixture.h"

#include <errno.h>
#include <sys/syscall.h>

#include "base/stop.h"

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
