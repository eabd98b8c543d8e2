#include "ingest/trial.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ingest/admission.h"

static void remove_trial(const char *path)
{
    static const char *const names[] = { "data.mdb", "lock.mdb", "lock" };
    char name[1300];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(name, sizeof name, "%s/%s", path, names[i]);
        unlink(name);
    }
    rmdir(path);
}

/** Copies of commands that were killed: we hold the store's lock, so none is in use. */
static void remove_old_trials(const char *store_path)
{
    char path[1200];
    DIR *const directory = opendir(store_path);
    if (directory == NULL) return;
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (strncmp(entry->d_name, "trial.", 6) != 0) continue;
        snprintf(path, sizeof path, "%s/%s", store_path, entry->d_name);
        remove_trial(path);
    }
    closedir(directory);
}

/** Forget everything loaded from the environment, and load it from the one in place now. */
static enum clr_status reload(struct clr_store *store, struct clr_fault *fault)
{
    clr_store_unload_tables(store);
    return clr_store_load_tables(store, fault);
}

enum clr_status clr_trial_begin(struct clr_store *store, struct clr_trial *trial, struct clr_fault *fault)
{
    struct clr_env copy;
    remove_old_trials(store->env.path);
    snprintf(trial->path, sizeof trial->path, "%s/trial.%ld", store->env.path, (long)getpid());
    if (mkdir(trial->path, 0700) != 0)
        return clr_fault_say(fault, errno == ENOSPC ? CLR_FULL : CLR_USAGE, "cannot make the trial copy: %s", "无法建立试算副本：%s", strerror(errno));
    const int code = mdb_env_copy2(store->env.env, trial->path, MDB_CP_COMPACT);
    enum clr_status status = code == 0 ? clr_env_open(&copy, trial->path, store->options.map_size, true, false, fault)
                                       : clr_env_fault(&store->env, code, "copying for the trial", "复制试算副本", fault);
    if (status != CLR_OK) {
        if (code == 0) clr_env_close(&copy);
        remove_trial(trial->path);
        return status;
    }
    trial->real = store->env;
    store->env = copy;
    status = reload(store, fault);
    if (status != CLR_OK) {
        const enum clr_status ended = clr_trial_end(store, trial, NULL);
        return ended == CLR_OK ? status : ended;
    }
    return CLR_OK;
}

enum clr_status clr_trial_end(struct clr_store *store, struct clr_trial *trial, struct clr_fault *fault)
{
    clr_env_close(&store->env);
    store->env = trial->real;
    remove_trial(trial->path);
    return reload(store, fault);
}
