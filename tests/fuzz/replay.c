/* replay.c: a main for a harness: runs every file of the folders and files given, so a corpus runs under any compiler. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "fuzz_codec.h"

#define INPUT_SIZE_MAX (1 << 20)

static unsigned run_file(const char *path)
{
    FILE *const from = fopen(path, "rb");
    uint8_t *const data = malloc(INPUT_SIZE_MAX);

    if (from == NULL || data == NULL) {
        fprintf(stderr, "cannot read %s\n", path);
        exit(1);
    }
    const size_t size = fread(data, 1, INPUT_SIZE_MAX, from);
    fclose(from);
    LLVMFuzzerTestOneInput(data, size);
    free(data);
    return 1;
}

static unsigned run_folder(const char *path)
{
    DIR *const folder = opendir(path);
    char inner[4096];
    unsigned count = 0;

    if (folder == NULL) return 0;
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (entry->d_name[0] == '.') continue;
        snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
        count += run_file(inner);
    }
    closedir(folder);
    return count;
}

int main(int argc, char **argv)
{
    unsigned count = 0;

    for (int i = 1; i < argc; i++) {
        struct stat about;
        if (stat(argv[i], &about) == 0) count += S_ISDIR(about.st_mode) ? run_folder(argv[i]) : run_file(argv[i]);
    }
    printf("%u inputs\n", count);
    return count > 0 ? 0 : 1;
}
