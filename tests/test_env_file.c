/* A store whose data file or key is not what it should be is refused while it is opened: no signal, no hang, no advice to make a new one. */
#include "store/store.h"
#include "scratch.h"

#define META_PAGE_SIZE 40                /* offsets in a meta page of LMDB, behind its header */
#define META_ROOT 128
#define META_TRANSACTION 144

static const struct clr_store_options small = { .threads = 1, .map_size = UINT64_C(64) << 20 };

struct patch {
    const char *name;
    long long length;                    /* cut to so many bytes; -1: as it is, -2: remove */
    unsigned offset, size;               /* overwrite with `value`; size 0: nothing */
    uint64_t value;
    const char *says;
};

static const struct patch patches[] = {
    { "gone", -2, 0, 0, 0, "is gone" },
    { "empty", 0, 0, 0, 0, "is empty" },
    { "one byte", 1, 0, 0, 0, "is cut off" },
    { "half a meta page", 100, 0, 0, 0, "is cut off" },
    { "one meta page", 4096, 0, 0, 0, "is cut off" },
    { "meta pages alone", 8192, 0, 0, 0, "is cut off" },
    { "other magic", -1, 16, 4, 0x12345678, "not one of LMDB" },
    { "page size 0", -1, META_PAGE_SIZE, 4, 0, "impossible page size" },
    { "page size odd", -1, META_PAGE_SIZE, 4, 4097, "impossible page size" },
    { "page size huge", -1, META_PAGE_SIZE, 4, 1U << 31, "impossible page size" },
    { "page size doubled", -1, META_PAGE_SIZE, 4, 8192, NULL },
    { "page sizes differ", -1, 4096 + META_PAGE_SIZE, 4, 512, "two page sizes" },
};

static void make_store(void)
{
    struct clr_fault fault = { 0 };
    nftw(scratch_path("s"), scratch_remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    if (clr_store_create(scratch_path("s"), &small, &fault) != CLR_OK) fail_msg("%s", fault.en);
}

static enum clr_status open_status(struct clr_fault *fault)
{
    struct clr_store *store = NULL;
    *fault = (struct clr_fault){ 0 };
    const enum clr_status status = clr_store_open(scratch_path("s"), &small, &store, fault);
    if (status == CLR_OK) clr_store_close(store);
    return status;
}

static void expect(const char *name, enum clr_status want, const char *says)
{
    struct clr_fault fault;
    const enum clr_status status = open_status(&fault);
    if (status != want) fail_msg("%s: status %d, %s", name, (int)status, fault.en);
    if (says != NULL && strstr(fault.en, says) == NULL) fail_msg("%s: says \"%s\"", name, fault.en);
    if (want != CLR_OK) assert_true(fault.zh[0] != '\0');
}

static void write_at(int fd, unsigned offset, const void *bytes, size_t size)
{
    assert_int_equal(pwrite(fd, bytes, size, (off_t)offset), (ssize_t)size);
}

static void data_file(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof patches / sizeof *patches; i++) {
        const struct patch *const patch = &patches[i];
        make_store();
        const int fd = open(scratch_path("s/data.mdb"), O_RDWR);
        assert_true(fd >= 0);
        if (patch->length >= 0) assert_int_equal(ftruncate(fd, (off_t)patch->length), 0);
        if (patch->size > 0) write_at(fd, patch->offset, &patch->value, patch->size);
        close(fd);
        if (patch->length == -2) assert_int_equal(unlink(scratch_path("s/data.mdb")), 0);
        expect(patch->name, CLR_DAMAGED, patch->says);
    }
}

/* Roots behind the end matter in the newer meta page only: the older one may be half written. */
static void roots(void **state)
{
    (void)state;
    make_store();
    const uint64_t far_root = UINT64_C(1) << 40;
    uint64_t transaction[2];
    const int fd = open(scratch_path("s/data.mdb"), O_RDWR);
    for (unsigned i = 0; i < 2; i++)
        assert_int_equal(pread(fd, &transaction[i], sizeof *transaction, (off_t)(i * 4096 + META_TRANSACTION)), (ssize_t)sizeof *transaction);
    const unsigned newer = transaction[1] > transaction[0] ? 1 : 0;
    write_at(fd, (1 - newer) * 4096 + META_ROOT, &far_root, sizeof far_root);
    expect("old root far", CLR_OK, NULL);
    write_at(fd, newer * 4096 + META_ROOT, &far_root, sizeof far_root);
    close(fd);
    expect("new root far", CLR_DAMAGED, "is cut off");
}

static void not_a_file(void **state)
{
    (void)state;
    make_store();
    unlink(scratch_path("s/data.mdb"));
    assert_int_equal(mkfifo(scratch_path("s/data.mdb"), 0600), 0);
    expect("data is a pipe", CLR_DAMAGED, "not a file");
    unlink(scratch_path("s/data.mdb"));
    assert_int_equal(mkdir(scratch_path("s/data.mdb"), 0700), 0);
    expect("data is a directory", CLR_DAMAGED, "not a file");
}

static void key_file(void **state)
{
    (void)state;
    make_store();
    assert_int_equal(chmod(scratch_path("s/store.key"), 0640), 0);
    expect("key for others", CLR_KEY, "read by others");
    assert_int_equal(chmod(scratch_path("s/store.key"), 0600), 0);
    expect("key as it was", CLR_OK, NULL);
    assert_int_equal(truncate(scratch_path("s/store.key"), 31), 0);
    expect("key too short", CLR_KEY, "32 bytes");
    unlink(scratch_path("s/store.key"));
    expect("no key", CLR_KEY, "cannot read");
    assert_int_equal(mkfifo(scratch_path("s/store.key"), 0600), 0);
    expect("key is a pipe", CLR_KEY, "32 bytes");
}

static void place_is_a_file(void **state)
{
    struct clr_fault fault = { 0 };
    (void)state;
    scratch_write("plain", "x", 1);
    assert_int_equal(clr_store_create(scratch_path("plain"), &small, &fault), CLR_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(data_file), cmocka_unit_test(roots), cmocka_unit_test(not_a_file), cmocka_unit_test(key_file),
        cmocka_unit_test(place_is_a_file),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
