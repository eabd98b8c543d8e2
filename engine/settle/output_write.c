/*
 * output_write.c: a set of outputs onto the disk: beside, synced, and into place as one folder.
 *
 *     <path>.part/   written and synced     → exchanged with <path>/ (or renamed, when there is none)     → what was there is removed
 *
 * What a killed run left beside is removed before. Links are never followed; nothing outside our own names is touched.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "settle/output.h"

static enum clr_status say_system(int code, const char *path, struct clr_fault *fault)
{
    const bool full = code == ENOSPC || code == EDQUOT || code == EIO;
    clr_fault_say(fault, full ? CLR_FULL : CLR_USAGE, "cannot write the settlement: %s", "无法写出结算结果：%s", strerror(code));
    clr_fault_at(fault, path, 0, NULL);
    return full ? CLR_FULL : CLR_USAGE;
}

static int sync_directory(const char *path)
{
    const int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return errno;
    const int code = fsync(fd) == 0 ? 0 : errno;
    close(fd);
    return code;
}

/** The folder that holds a path. */
static void parent_of(const char *path, char parent[600])
{
    snprintf(parent, 600, "%s", path);
    char *const slash = strrchr(parent, '/');
    if (slash == NULL) snprintf(parent, 600, ".");
    else if (slash == parent) parent[1] = '\0';
    else *slash = '\0';
}

/* ---- the directory ---- */

static int make_directories(const char *path)
{
    char made[600];
    if (snprintf(made, sizeof made, "%s", path) >= (int)sizeof made) return ENAMETOOLONG;
    for (char *at = made + 1; ; at++) {
        const char kept = *at;
        if (kept != '/' && kept != '\0') continue;
        *at = '\0';
        if (mkdir(made, 0755) != 0 && errno != EEXIST) return errno;
        *at = kept;
        if (kept == '\0') return 0;
    }
}

enum clr_status clr_output_directory(const char *directory, struct clr_fault *fault)
{
    struct stat info;
    if (directory[0] == '\0') return clr_fault_say(fault, CLR_USAGE, "no output directory is given", "未指定输出目录");
    int code = make_directories(directory);
    if (code == 0 && stat(directory, &info) != 0) code = errno;
    if (code == 0 && !S_ISDIR(info.st_mode)) code = ENOTDIR;
    if (code == 0 && access(directory, W_OK | X_OK) != 0) code = errno;
    return code == 0 ? CLR_OK : say_system(code, directory, fault);
}

/* ---- the set ---- */

static void remove_set(const char *path, const struct clr_output_set *set)
{
    char name[700];
    for (unsigned i = 0; i < CLR_SETTLE_OUTPUTS; i++) {
        snprintf(name, sizeof name, "%s/%s", path, set->file[i].name);
        unlink(name);
    }
    rmdir(path);
}

static int write_bytes(int fd, const char *data, size_t size)
{
    while (size > 0) {
        const ssize_t done = write(fd, data, size);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return errno;
        data += done;
        size -= (size_t)done;
    }
    return fsync(fd) == 0 ? 0 : errno;
}

static int write_file(const char *path, const struct clr_output_file *file)
{
    char name[700];
    snprintf(name, sizeof name, "%s/%s", path, file->name);
    const int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (fd < 0) return errno;
    int code = write_bytes(fd, file->data, file->size);
    if (close(fd) != 0 && code == 0) code = errno;
    return code;
}

static int write_beside(const char *beside, const struct clr_output_set *set)
{
    remove_set(beside, set);
    if (mkdir(beside, 0755) != 0) return errno;
    for (unsigned i = 0; i < CLR_SETTLE_OUTPUTS; i++) {
        const int code = write_file(beside, &set->file[i]);
        if (code != 0) return code;
    }
    return sync_directory(beside);
}

static bool same_file(const char *path, const struct clr_output_file *file)
{
    char name[700];
    struct stat info;
    snprintf(name, sizeof name, "%s/%s", path, file->name);
    const int fd = open(name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) return false;
    char *const there = malloc(file->size + 1);
    bool same = there != NULL && fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && (uint64_t)info.st_size == file->size;
    for (size_t got = 0; same && got < file->size;) {
        const ssize_t more = read(fd, there + got, file->size - got);
        if (more > 0) got += (size_t)more;
        else same = more < 0 && errno == EINTR;
    }
    same = same && memcmp(there, file->data, file->size) == 0;
    free(there);
    close(fd);
    return same;
}

static bool is_there(const struct clr_output_set *set)
{
    for (unsigned i = 0; i < CLR_SETTLE_OUTPUTS; i++)
        if (!same_file(set->path, &set->file[i])) return false;
    return true;
}

/** One rename is one set: what stood there is in `beside` afterwards. */
static int into_place(const char *beside, const char *path)
{
    if (rename(beside, path) == 0) return 0;                 /* nothing there, or an empty folder */
    if (errno != ENOTEMPTY && errno != EEXIST) return errno;
    return renameat2(AT_FDCWD, beside, AT_FDCWD, path, RENAME_EXCHANGE) == 0 ? 0 : errno;
}

enum clr_status clr_output_set_write(const struct clr_output_set *set, struct clr_fault *fault)
{
    char beside[512], parent[600];
    if (is_there(set)) return CLR_OK;
    snprintf(beside, sizeof beside, "%s.part", set->path);
    parent_of(set->path, parent);
    int code = write_beside(beside, set);
    if (code == 0) code = into_place(beside, set->path);
    if (code == 0) code = sync_directory(parent);
    remove_set(beside, set);
    return code == 0 ? CLR_OK : say_system(code, set->path, fault);
}
