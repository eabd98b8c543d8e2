/* The .received file beside an input: a time, or a refusal of that file; never a hang, never a guess. */
#include "../codecs/codecs.h"
#include "store/store.h"
#include "store_world.h"

static const struct clr_store_options small = { .threads = 1, .map_size = UINT64_C(64) << 20 };

enum shape { TEXT, FOLDER, PIPE, DEVICE, LOOP };

static const struct row {
    const char *name;
    enum shape shape;
    const char *text;
    const char *stamp;                   /* NULL: refused */
} rows[] = {
    { "a time", TEXT, "2026-03-03T02:00:00+08:00", "2026-03-03T02:00:00+08:00" },
    { "a line", TEXT, "2026-03-03T02:00:00+08:00\r\n", "2026-03-03T02:00:00+08:00" },
    { "blanks around", TEXT, "  2026-03-03T02:00:00+08:00 \n", "2026-03-03T02:00:00+08:00" },
    { "empty", TEXT, "", NULL },
    { "word", TEXT, "now", NULL },
    { "no such day", TEXT, "2026-02-30T02:00:00+08:00", NULL },
    { "two times", TEXT, "2026-03-03T02:00:00+08:00\n2026-03-03T03:00:00+08:00\n", NULL },
    { "more behind what is read", TEXT, "2026-03-03T02:00:00+08:00                                       and more", NULL },
    { "folder", FOLDER, NULL, NULL },
    { "pipe", PIPE, NULL, NULL },
    { "device", DEVICE, NULL, NULL },
    { "link to itself", LOOP, NULL, NULL },
};

static void make_sidecar(const struct row *row)
{
    const char *const path = scratch_path("day.csv.received");
    remove(path);
    switch (row->shape) {
    case TEXT: scratch_write("day.csv.received", row->text, strlen(row->text)); break;
    case FOLDER: assert_int_equal(mkdir(path, 0700), 0); break;
    case PIPE: assert_int_equal(mkfifo(path, 0600), 0); break;
    case DEVICE: assert_int_equal(symlink("/dev/zero", path), 0); break;
    case LOOP: assert_int_equal(symlink("day.csv.received", path), 0); break;
    }
}

static void expect(const struct row *row, const struct clr_file_result *file)
{
    if (row->stamp == NULL) {
        if (file->status != CLR_FILE_REFUSED) fail_msg("%s: not refused", row->name);
        if (strstr(file->fault.en, ".received") == NULL || file->fault.zh[0] == '\0') fail_msg("%s: says \"%s\"", row->name, file->fault.en);
        return;
    }
    if (file->status != CLR_FILE_OK) fail_msg("%s: %s", row->name, file->fault.en);
    assert_int_equal(file->stamp, clr_time_parse(clr_bytes_text(row->stamp)));
}

static void every_shape(void **state)
{
    (void)state;
    world_use(scratch_folder);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct clr_fault fault = { 0 };
        struct clr_ingest_result result;
        const struct clr_ingest_options options = { .received_at = CLR_TIME_NONE };
        nftw(scratch_path("s"), scratch_remove_entry, 16, FTW_DEPTH | FTW_PHYS);
        const char *const path = world_trades("day.csv", 1, 20);
        make_sidecar(&rows[i]);
        struct clr_store *const store = world_store("s", &small);
        if (clr_ingest(store, &clr_codecs, &options, &path, 1, &result, &fault) != CLR_OK) fail_msg("%s: %s", rows[i].name, fault.en);
        expect(&rows[i], &result.file[0]);
        clr_ingest_result_free(&result);
        clr_store_close(store);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_shape) };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
