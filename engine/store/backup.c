/*
 * backup.c: a compacted copy of a store, made while nobody writes to it, and believed only when it was opened and checked (clr.h clr_backup).
 *
 * The key goes along unless it is kept outside the store (options.key_file): who keeps it apart wants it apart. Archives are hard links where
 * the file system allows it (they are never written again in place), else copies. Whatever fails, nothing is left in the directory.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/outplace.h"
#include "store/store.h"

#define PATH_SIZE 1024

static enum clr_status disk_fault(int code, const char *path, const char *en, const char *zh, struct clr_fault *fault)
{
    const bool ours = code == EACCES || code == EPERM || code == EROFS || code == ENOENT || code == ENOTDIR || code == ENAMETOOLONG || code == ELOOP;
    const enum clr_status status = ours ? CLR_USAGE : CLR_FULL;
    clr_fault_say(fault, status, "backup: %s%.0s: %s", "备份：%.0s%s：%s", en, zh, strerror(code));
    clr_fault_at(fault, path, 0, NULL);
    return status;
}

static enum clr_status join(const char *directory, const char *name, char path[PATH_SIZE], struct clr_fault *fault)
{
    const int size = snprintf(path, PATH_SIZE, "%s/%s", directory, name);
    return size > 0 && size < PATH_SIZE ? CLR_OK : disk_fault(ENAMETOOLONG, directory, "naming a file", "命名文件", fault);
}

static bool is_self(const char *name) { return strcmp(name, ".") == 0 || strcmp(name, "..") == 0; }

/** Make the directory, or find it empty. */
static enum clr_status claim_directory(const char *directory, bool *made, struct clr_fault *fault)
{
    *made = mkdir(directory, 0700) == 0;
    if (*made) return CLR_OK;
    if (errno != EEXIST) return disk_fault(errno, directory, "making the directory", "建立目录", fault);
    DIR *const open_directory = opendir(directory);
    if (open_directory == NULL) return disk_fault(errno, directory, "opening the directory", "打开目录", fault);
    bool empty = true;
    for (const struct dirent *entry; empty && (entry = readdir(open_directory)) != NULL;) empty = is_self(entry->d_name);
    closedir(open_directory);
    if (empty) return CLR_OK;
    clr_fault_say(fault, CLR_USAGE, "the directory is not empty; a backup goes into an empty or new one", "目录非空；备份只能写入空目录或新目录");
    clr_fault_at(fault, directory, 0, NULL);
    return CLR_USAGE;
}

static enum clr_status sync_directory(const char *directory, struct clr_fault *fault)
{
    const int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool good = fd >= 0 && fsync(fd) == 0;
    const int code = errno;
    if (fd >= 0) close(fd);
    return good ? CLR_OK : disk_fault(code, directory, "syncing the directory", "同步目录", fault);
}

static enum clr_status create_file(const char *path, int *fd, struct clr_fault *fault)
{
    *fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    return *fd >= 0 ? CLR_OK : disk_fault(errno, path, "making a file", "建立文件", fault);
}

/** Sync and close what was written. */
static enum clr_status finish_file(int fd, const char *path, enum clr_status status, struct clr_fault *fault)
{
    if (status == CLR_OK && fsync(fd) != 0) status = disk_fault(errno, path, "syncing a file", "同步文件", fault);
    if (close(fd) != 0 && status == CLR_OK) status = disk_fault(errno, path, "closing a file", "关闭文件", fault);
    return status;
}

static enum clr_status copy_tables(struct clr_store *store, const char *directory, struct clr_fault *fault)
{
    char path[PATH_SIZE];
    int fd;
    CLR_TRY(join(directory, "data.mdb", path, fault));
    CLR_TRY(create_file(path, &fd, fault));
    const int code = mdb_env_copyfd2(store->env.env, fd, MDB_CP_COMPACT);
    const enum clr_status status = code == 0 ? CLR_OK : clr_env_fault(&store->env, code, "copying the tables", "复制数据表", fault);
    return finish_file(fd, path, status, fault);
}

/** A file of these bytes, mode 0600: the key, and the empty lock. */
static enum clr_status write_small(const char *directory, const char *name, const void *data, size_t size, struct clr_fault *fault)
{
    char path[PATH_SIZE];
    int fd;
    CLR_TRY(join(directory, name, path, fault));
    CLR_TRY(create_file(path, &fd, fault));
    enum clr_status status = CLR_OK;
    if (size > 0 && write(fd, data, size) != (ssize_t)size) status = disk_fault(errno, path, "writing a file", "写入文件", fault);
    return finish_file(fd, path, status, fault);
}

/* ---- archives ---- */

static enum clr_status copy_bytes(int from, int to, const char *path, struct clr_fault *fault)
{
    const size_t size = 1 << 20;
    uint8_t *const buffer = malloc(size);
    enum clr_status status = buffer != NULL ? CLR_OK : CLR_FULL;
    while (status == CLR_OK) {
        const ssize_t got = read(from, buffer, size);
        if (got == 0) break;
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) status = disk_fault(errno, path, "reading an archive", "读取归档", fault);
        for (ssize_t done = 0; status == CLR_OK && done < got;) {
            const ssize_t put = write(to, buffer + done, (size_t)(got - done));
            if (put > 0) done += put;
            else if (put == 0 || errno != EINTR) status = disk_fault(put == 0 ? ENOSPC : errno, path, "copying an archive", "复制归档", fault);
        }
    }
    free(buffer);
    return status;
}

static enum clr_status copy_file(const char *from, const char *to, struct clr_fault *fault)
{
    int out;
    const int in = open(from, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (in < 0) return disk_fault(errno, from, "reading an archive", "读取归档", fault);
    enum clr_status status = create_file(to, &out, fault);
    if (status == CLR_OK) status = finish_file(out, to, copy_bytes(in, out, to, fault), fault);
    close(in);
    return status;
}

static enum clr_status take_archive(const char *from_directory, const char *to_directory, const char *name, struct clr_fault *fault)
{
    char from[PATH_SIZE], to[PATH_SIZE];
    const size_t size = strlen(name);
    if (size < 4 || strcmp(name + size - 4, ".cla") != 0) return CLR_OK;
    CLR_TRY(join(from_directory, name, from, fault));
    CLR_TRY(join(to_directory, name, to, fault));
    return link(from, to) == 0 ? CLR_OK : copy_file(from, to, fault);
}

static enum clr_status copy_archives(struct clr_store *store, const char *directory, struct clr_fault *fault)
{
    char from[600], to[PATH_SIZE];
    enum clr_status status = CLR_OK;
    clr_store_archive_path(store, from);
    CLR_TRY(join(directory, "archive", to, fault));
    if (mkdir(to, 0700) != 0) return disk_fault(errno, to, "making the directory", "建立目录", fault);
    DIR *const open_directory = opendir(from);
    if (open_directory == NULL) return errno == ENOENT ? CLR_OK : disk_fault(errno, from, "opening the archive", "打开归档目录", fault);
    for (const struct dirent *entry; status == CLR_OK && (entry = readdir(open_directory)) != NULL;) status = take_archive(from, to, entry->d_name, fault);
    closedir(open_directory);
    return status == CLR_OK ? sync_directory(to, fault) : status;
}

/* ---- the copy is checked, or goes away ---- */

static enum clr_status compare_stores(struct clr_store *store, struct clr_store *copy, struct clr_fault *fault)
{
    struct clr_verify_report report;
    uint8_t ours[CLR_DIGEST_SIZE], theirs[CLR_DIGEST_SIZE];
    uint64_t records;
    CLR_TRY(clr_verify(copy, &report, fault));
    CLR_TRY(clr_digest(store, ours, &records, fault));
    CLR_TRY(clr_digest(copy, theirs, &records, fault));
    if (memcmp(ours, theirs, sizeof ours) == 0) return CLR_OK;
    return clr_fault_say(fault, CLR_DAMAGED, "the copy's digest differs from the store's", "副本摘要与存储不符");
}

static enum clr_status check_copy(struct clr_store *store, const char *directory, struct clr_fault *fault)
{
    struct clr_store *copy;
    struct clr_store_options options = store->options;
    options.read_only = true;
    CLR_TRY(clr_store_open(directory, &options, &copy, fault));
    const enum clr_status status = compare_stores(store, copy, fault);
    clr_store_close(copy);
    return status;
}

static enum clr_status fill_directory(struct clr_store *store, const char *directory, struct clr_fault *fault)
{
    CLR_TRY(copy_tables(store, directory, fault));
    if (store->options.key_file == NULL) CLR_TRY(write_small(directory, "store.key", store->key, sizeof store->key, fault));
    CLR_TRY(write_small(directory, "lock", "", 0, fault));
    CLR_TRY(copy_archives(store, directory, fault));
    CLR_TRY(sync_directory(directory, fault));
    return check_copy(store, directory, fault);
}

static void empty_directory(const char *directory)
{
    char path[PATH_SIZE];
    DIR *const open_directory = opendir(directory);
    if (open_directory == NULL) return;
    for (const struct dirent *entry; (entry = readdir(open_directory)) != NULL;)
        if (!is_self(entry->d_name) && join(directory, entry->d_name, path, NULL) == CLR_OK) unlink(path);
    closedir(open_directory);
}

static void remove_copy(const char *directory, bool made)
{
    char path[PATH_SIZE];
    if (join(directory, "archive", path, NULL) == CLR_OK) {
        empty_directory(path);
        rmdir(path);
    }
    empty_directory(directory);
    if (made) rmdir(directory);
}

enum clr_status clr_backup(struct clr_store *store, const char *directory, struct clr_fault *fault)
{
    bool made;
    CLR_TRY(clr_outplace_folder(directory, fault));
    CLR_TRY(claim_directory(directory, &made, fault));
    const enum clr_status status = fill_directory(store, directory, fault);
    if (status != CLR_OK) remove_copy(directory, made);
    return status;
}
