/*
 * archive_fixture.h: archives in the scratch folder: inputs to seal, folders to seal them in, and what can be read of them again.
 */
#ifndef CLR_TESTS_ARCHIVE_FIXTURE_H
#define CLR_TESTS_ARCHIVE_FIXTURE_H

#include "scratch.h"

#include <dirent.h>

#include "base/token.h"
#include "store/archive.h"

#define MIB ((size_t)1 << 20)

static const uint8_t key[CLR_STORE_KEY_SIZE] = { 1, 2, 3, 4, 5, 6, 7, 8 };

/* An archive folder of its own for every use, inside the scratch folder. */
static inline const char *new_folder(void)
{
    static char folders[8][PATH_MAX];                /* a test uses a few at a time */
    static unsigned number;
    char name[32], *folder = folders[number % 8];

    snprintf(name, sizeof name, "archive-%u", number++);
    snprintf(folder, PATH_MAX, "%s", scratch_path(name));
    return folder;
}

static inline size_t entries_of(const char *folder)
{
    DIR *entries = opendir(folder);
    size_t count = 0;

    if (entries == NULL) return 0;
    while (readdir(entries) != NULL) count++;
    closedir(entries);
    return count - 2;
}

static inline void file_of(const char *folder, const struct clr_input *input, char path[PATH_MAX])
{
    int at = snprintf(path, PATH_MAX, "%s/", folder);

    for (size_t i = 0; i < CLR_DIGEST_SIZE; i++) at += snprintf(path + at, 3, "%02x", input->received[i]);
    snprintf(path + at, 5, ".cla");
}

static inline void put_file(const char *path, const void *data, size_t size)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

/* Write and scan an input of this content. */
static inline void make_input(const char *name, struct scratch_bytes content, enum scratch_packing packing, struct clr_input *input)
{
    struct scratch_bytes file = scratch_pack(packing, content.data, content.size);
    enum clr_file_reason reason;

    assert_int_equal(clr_input_scan(scratch_write(name, file.data, file.size), 1, input, &reason, NULL), CLR_OK);
    free(file.data);
}

static inline struct clr_archive *open_archive(const char *folder, const struct clr_input *input)
{
    struct clr_archive *archive;
    struct clr_fault fault = { 0 };

    if (clr_archive_open(folder, key, input->received, &archive, &fault) != CLR_OK) fail_msg("%s", fault.en);
    return archive;
}

/* Opens, verifies and reads it all; the worst of what was said. */
static inline enum clr_status state_of(const char *folder, const uint8_t *store_key, const struct clr_input *input)
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

/* The content, whole and in parts. */
static inline void check_reads(struct clr_archive *archive, struct scratch_bytes content, uint64_t seed)
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

#endif
