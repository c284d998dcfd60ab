//! The table of C functions through which SQLite reaches a [`Disk`].
//!
//! Written over `rusqlite::ffi` rather than over a crate for making VFSs: those that exist need libclang to build,
//! and hide the two things a power-cut simulator lives on, the sync of the directory and the flag of a deletion.
//! The semantics follow SQLite's own Unix VFS (<https://sqlite.org/c3ref/io_methods.html>,
//! <https://sqlite.org/c3ref/vfs.html>): the first sync of a journal or write-ahead log also syncs the directory.
#![allow(
    unsafe_code,
    reason = "a SQLite VFS is a table of C functions over raw pointers"
)]

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::sync::atomic::{Ordering, fence};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::ffi;

use crate::disk::{Disk, Failed, Ino, Inode, Kind};
use crate::gate::{Door, Gate};
use crate::shm::Held;

/// A disk that several connections and the simulator share.
pub type SharedDisk = Arc<Mutex<Disk>>;

/// Locks a shared disk; a panic elsewhere does not make it unreadable.
pub fn lock(disk: &SharedDisk) -> MutexGuard<'_, Disk> {
    disk.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Why a VFS could not be registered.
#[derive(Debug, thiserror::Error)]
pub enum VfsError {
    /// The name holds a NUL byte.
    #[error("the VFS name {0:?} holds a NUL byte")]
    Name(String),
    /// SQLite refused it.
    #[error("SQLite refused to register the VFS {name:?} (code {code})")]
    Register {
        /// The name asked for.
        name: String,
        /// SQLite's result code.
        code: i32,
    },
}

/// A registered VFS and the disk now in it.
#[derive(Debug)]
pub struct Mount {
    name: CString,
    disk: Mutex<SharedDisk>,
}

impl Mount {
    /// Registers a VFS called `name` with an empty disk.
    ///
    /// It stays for the life of the process (SQLite keeps pointers to it), so register few and swap disks.
    ///
    /// # Errors
    /// When the name is no C string, or SQLite refuses.
    pub fn register(name: &str) -> Result<&'static Self, VfsError> {
        quick_memory();
        let c_name = CString::new(name).map_err(|_| VfsError::Name(name.to_owned()))?;
        let mount: &'static Self = Box::leak(Box::new(Self {
            name: c_name,
            disk: Mutex::new(Arc::new(Mutex::new(Disk::default()))),
        }));
        let vfs = Box::leak(Box::new(table(mount)));
        // SAFETY: the table and all it points to are leaked, hence valid for as long as SQLite may use them.
        let code = unsafe { ffi::sqlite3_vfs_register(vfs, 0) };
        if code == ffi::SQLITE_OK {
            Ok(mount)
        } else {
            let name = name.to_owned();
            Err(VfsError::Register { name, code })
        }
    }

    /// The name to open connections with.
    #[must_use]
    pub fn name(&self) -> &CStr {
        &self.name
    }

    /// Puts `disk` in; connections that are open stay with the disk they were opened on.
    pub fn insert(&self, disk: Disk) -> SharedDisk {
        let shared = Arc::new(Mutex::new(disk));
        *self.disk.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&shared);
        shared
    }

    fn current(&self) -> SharedDisk {
        Arc::clone(&self.disk.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Turns off SQLite's count of its memory, which takes a lock at every allocation. Only possible before SQLite is
/// first used, and only a matter of speed: hence no word about failure.
fn quick_memory() {
    // SAFETY: this option takes one int.
    unsafe { ffi::sqlite3_config(ffi::SQLITE_CONFIG_MEMSTATUS, 0 as c_int) };
}

/// Makes SQLite's own random numbers (the salts of write-ahead logs) follow from `seed`, for the whole process.
pub fn seed_sqlite(seed: u64) {
    // Zero would mean "from the system".
    let seed = c_int::try_from(seed & 0x7fff_ffff).unwrap_or(1).max(1);
    // SAFETY: this operation takes an int and a connection that may be null.
    unsafe {
        ffi::sqlite3_test_control(
            ffi::SQLITE_TESTCTRL_PRNG_SEED,
            seed,
            std::ptr::null_mut::<ffi::sqlite3>(),
        );
    }
}

/// The slot of the wal-index that a writer holds alone (`WAL_WRITE_LOCK`).
const WRITE_LOCK: usize = 0;
/// The bit of the slot that a checkpoint holds alone (`WAL_CKPT_LOCK`).
const CHECKPOINT_LOCK: u8 = 1 << 1;

/// What hangs on one `sqlite3_file`.
struct Handle {
    disk: SharedDisk,
    ino: Ino,
    id: u64,
    level: c_int,
    /// The first sync must also sync the directory.
    owes_directory: bool,
    delete_on_close: Option<String>,
    held: Held,
    mapped: bool,
    gate: Arc<Gate>,
    is_wal: bool,
}

/// SQLite allocates `szOsFile` bytes for this; the first field is its own.
#[repr(C)]
struct CFile {
    base: ffi::sqlite3_file,
    handle: *mut Handle,
}

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(take_lock),
    xUnlock: Some(give_lock),
    xCheckReservedLock: Some(check_reserved),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

fn table(mount: &'static Mount) -> ffi::sqlite3_vfs {
    ffi::sqlite3_vfs {
        iVersion: 2,
        szOsFile: c_int::try_from(size_of::<CFile>()).unwrap_or(c_int::MAX),
        mxPathname: 1024,
        pNext: std::ptr::null_mut(),
        zName: mount.name.as_ptr(),
        pAppData: std::ptr::from_ref(mount).cast_mut().cast(),
        xOpen: Some(open),
        xDelete: Some(delete),
        xAccess: Some(access),
        xFullPathname: Some(full_pathname),
        xDlOpen: None,
        xDlError: None,
        xDlSym: None,
        xDlClose: None,
        xRandomness: Some(randomness),
        xSleep: Some(sleep),
        xCurrentTime: Some(current_time),
        xGetLastError: None,
        xCurrentTimeInt64: Some(current_time_int64),
        xSetSystemCall: None,
        xGetSystemCall: None,
        xNextSystemCall: None,
    }
}

/// # Safety
/// `vfs` must be a table made by [`table`].
unsafe fn disk_of(vfs: *mut ffi::sqlite3_vfs) -> SharedDisk {
    // SAFETY: `table` put a leaked `Mount` there, which nobody ever changes or frees.
    let mount = unsafe { &*(*vfs).pAppData.cast::<Mount>() };
    mount.current()
}

/// The last part of a path: a disk has one directory, and where it is mounted does not matter.
///
/// # Safety
/// `path` must be null or a C string.
unsafe fn name_of(path: *const c_char) -> Option<String> {
    if path.is_null() {
        return None;
    }
    // SAFETY: not null, and a C string by contract.
    let path = unsafe { CStr::from_ptr(path) }.to_string_lossy();
    Some(path.rsplit('/').next().unwrap_or_default().to_owned())
}

/// # Safety
/// `file` must have been filled by [`open`] and not yet closed. SQLite never calls two methods of one file at
/// once, so the reference is the only one.
unsafe fn handle_of<'a>(file: *mut ffi::sqlite3_file) -> &'a mut Handle {
    // SAFETY: `open` stored a leaked box there, which only `close` frees.
    unsafe { &mut *(*file.cast::<CFile>()).handle }
}

/// Runs `act` on the inode of `file` and its disk's lock.
///
/// # Safety
/// As [`handle_of`].
unsafe fn on_inode(
    file: *mut ffi::sqlite3_file,
    act: impl FnOnce(&mut Inode, &mut Handle) -> c_int,
) -> c_int {
    // SAFETY: passed on.
    let handle = unsafe { handle_of(file) };
    let disk = Arc::clone(&handle.disk);
    let mut disk = lock(&disk);
    disk.inode(handle.ino)
        .map_or(ffi::SQLITE_IOERR, |inode| act(inode, handle))
}

unsafe extern "C" fn open(
    vfs: *mut ffi::sqlite3_vfs,
    path: *const c_char,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    let c_file = file.cast::<CFile>();
    // SAFETY: SQLite hands over szOsFile bytes; no methods means "do not close me" should opening fail.
    unsafe { (*c_file).base.pMethods = std::ptr::null() };
    // SAFETY: `vfs` is our table and `path` null or a C string, as SQLite promises.
    let (disk, name) = unsafe { (disk_of(vfs), name_of(path)) };
    let kind = match flags {
        f if f & ffi::SQLITE_OPEN_MAIN_DB != 0 => Kind::Main,
        f if f & ffi::SQLITE_OPEN_WAL != 0 => Kind::Wal,
        f if f & (ffi::SQLITE_OPEN_MAIN_JOURNAL | ffi::SQLITE_OPEN_SUPER_JOURNAL) != 0 => {
            Kind::Journal
        }
        _ => Kind::Temporary,
    };
    let handle = {
        let mut guard = lock(&disk);
        let missing = name.as_deref().is_some_and(|n| guard.find(n).is_none());
        if missing && flags & ffi::SQLITE_OPEN_CREATE == 0 {
            return ffi::SQLITE_CANTOPEN;
        }
        Handle {
            ino: guard.create(name.as_deref(), kind),
            id: guard.next_handle(),
            disk: Arc::clone(&disk),
            level: ffi::SQLITE_LOCK_NONE,
            owes_directory: flags & ffi::SQLITE_OPEN_CREATE != 0
                && matches!(kind, Kind::Wal | Kind::Journal),
            delete_on_close: name.filter(|_| flags & ffi::SQLITE_OPEN_DELETEONCLOSE != 0),
            held: Held::default(),
            mapped: false,
            gate: guard.gate(),
            is_wal: kind == Kind::Wal,
        }
    };
    // SAFETY: the memory is SQLite's and large enough; `out_flags` may be null.
    unsafe {
        (*c_file).handle = Box::into_raw(Box::new(handle));
        (*c_file).base.pMethods = &raw const METHODS;
        if let Some(out) = out_flags.as_mut() {
            *out = flags;
        }
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: `open` made the box, and SQLite closes a file once, after its last use.
    let mut handle = unsafe { Box::from_raw((*file.cast::<CFile>()).handle) };
    let disk = Arc::clone(&handle.disk);
    let mut disk = lock(&disk);
    if let Some(inode) = disk.inode(handle.ino) {
        release_shm(inode, &mut handle);
        release(inode, &mut handle, ffi::SQLITE_LOCK_NONE);
    }
    if let Some(name) = &handle.delete_on_close {
        disk.delete(name, false);
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn read(
    file: *mut ffi::sqlite3_file,
    to: *mut c_void,
    amount: c_int,
    offset: ffi::sqlite3_int64,
) -> c_int {
    let (Ok(len), Ok(at)) = (usize::try_from(amount), usize::try_from(offset)) else {
        return ffi::SQLITE_IOERR_READ;
    };
    // SAFETY: SQLite hands over `amount` bytes of its own.
    let to = unsafe { std::slice::from_raw_parts_mut(to.cast::<u8>(), len) };
    // SAFETY: `file` is open.
    unsafe {
        on_inode(file, |inode, _| {
            let end = inode.data.len().min(at.saturating_add(len));
            let from = inode.data.get(at..end).unwrap_or_default();
            let (filled, rest) = to.split_at_mut(from.len());
            filled.copy_from_slice(from);
            // A short read must leave zeros behind it.
            rest.fill(0);
            if rest.is_empty() {
                ffi::SQLITE_OK
            } else {
                ffi::SQLITE_IOERR_SHORT_READ
            }
        })
    }
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    from: *const c_void,
    amount: c_int,
    offset: ffi::sqlite3_int64,
) -> c_int {
    let (Ok(len), Ok(at)) = (usize::try_from(amount), usize::try_from(offset)) else {
        return ffi::SQLITE_IOERR_WRITE;
    };
    // SAFETY: SQLite hands over `amount` readable bytes.
    let from = unsafe { std::slice::from_raw_parts(from.cast::<u8>(), len) };
    // SAFETY: `file` is open.
    let handle = unsafe { handle_of(file) };
    if handle.is_wal {
        handle.gate.pass(Door::Write);
    }
    match lock(&handle.disk).write(handle.ino, at, from) {
        Ok(()) => ffi::SQLITE_OK,
        Err(Failed::Io) => ffi::SQLITE_IOERR_WRITE,
        Err(Failed::Full) => ffi::SQLITE_FULL,
    }
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, size: ffi::sqlite3_int64) -> c_int {
    let Ok(size) = usize::try_from(size) else {
        return ffi::SQLITE_IOERR_TRUNCATE;
    };
    // SAFETY: `file` is open.
    let handle = unsafe { handle_of(file) };
    match lock(&handle.disk).truncate(handle.ino, size) {
        Ok(()) => ffi::SQLITE_OK,
        Err(_) => ffi::SQLITE_IOERR_TRUNCATE,
    }
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, _flags: c_int) -> c_int {
    // SAFETY: `file` is open.
    let handle = unsafe { handle_of(file) };
    match lock(&handle.disk).sync(handle.ino, handle.owes_directory) {
        Ok(()) => {
            handle.owes_directory = false;
            ffi::SQLITE_OK
        }
        Err(_) => ffi::SQLITE_IOERR_FSYNC,
    }
}

unsafe extern "C" fn file_size(
    file: *mut ffi::sqlite3_file,
    out: *mut ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: `file` is open and `out` points to SQLite's integer.
    unsafe {
        on_inode(file, |inode, _| {
            *out = ffi::sqlite3_int64::try_from(inode.data.len()).unwrap_or(i64::MAX);
            ffi::SQLITE_OK
        })
    }
}

unsafe extern "C" fn take_lock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    // SAFETY: `file` is open.
    unsafe { on_inode(file, |inode, handle| acquire(inode, handle, level)) }
}

/// SQLite's five lock levels: <https://sqlite.org/lockingv3.html>.
fn acquire(inode: &mut Inode, handle: &mut Handle, level: c_int) -> c_int {
    if handle.level >= level {
        return ffi::SQLITE_OK;
    }
    let other = |owner: Option<u64>| owner.is_some_and(|owner| owner != handle.id);
    let locks = &mut inode.locks;
    if other(locks.pending) || other(locks.exclusive) {
        return ffi::SQLITE_BUSY;
    }
    match level {
        ffi::SQLITE_LOCK_SHARED => locks.shared += 1,
        ffi::SQLITE_LOCK_RESERVED if other(locks.reserved) => return ffi::SQLITE_BUSY,
        ffi::SQLITE_LOCK_RESERVED => locks.reserved = Some(handle.id),
        _ => {
            locks.pending = Some(handle.id);
            if locks.shared > 1 {
                handle.level = ffi::SQLITE_LOCK_PENDING;
                return ffi::SQLITE_BUSY;
            }
            locks.exclusive = Some(handle.id);
        }
    }
    handle.level = level;
    ffi::SQLITE_OK
}

unsafe extern "C" fn give_lock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    // SAFETY: `file` is open.
    unsafe {
        on_inode(file, |inode, handle| {
            release(inode, handle, level);
            ffi::SQLITE_OK
        })
    }
}

/// Goes down to `level` (none or shared).
fn release(inode: &mut Inode, handle: &mut Handle, level: c_int) {
    if handle.level <= level {
        return;
    }
    let locks = &mut inode.locks;
    for owner in [
        &mut locks.reserved,
        &mut locks.pending,
        &mut locks.exclusive,
    ] {
        if *owner == Some(handle.id) {
            *owner = None;
        }
    }
    if level == ffi::SQLITE_LOCK_NONE {
        locks.shared = locks.shared.saturating_sub(1);
    }
    handle.level = level;
}

unsafe extern "C" fn check_reserved(file: *mut ffi::sqlite3_file, out: *mut c_int) -> c_int {
    // SAFETY: `file` is open and `out` points to SQLite's integer.
    unsafe {
        on_inode(file, |inode, _| {
            let locks = &inode.locks;
            *out = c_int::from(
                locks
                    .reserved
                    .or(locks.pending)
                    .or(locks.exclusive)
                    .is_some(),
            );
            ffi::SQLITE_OK
        })
    }
}

unsafe extern "C" fn file_control(
    file: *mut ffi::sqlite3_file,
    op: c_int,
    _argument: *mut c_void,
) -> c_int {
    if op == ffi::SQLITE_FCNTL_COMMIT_PHASETWO {
        // SAFETY: `file` is open.
        lock(&unsafe { handle_of(file) }.disk).committed();
        return ffi::SQLITE_OK;
    }
    ffi::SQLITE_NOTFOUND
}

unsafe extern "C" fn sector_size(_file: *mut ffi::sqlite3_file) -> c_int {
    // What the Unix VFS says; the simulator tears at 512 bytes all the same.
    4096
}

unsafe extern "C" fn device_characteristics(_file: *mut ffi::sqlite3_file) -> c_int {
    ffi::SQLITE_IOCAP_POWERSAFE_OVERWRITE
}

unsafe extern "C" fn shm_map(
    file: *mut ffi::sqlite3_file,
    index: c_int,
    size: c_int,
    extend: c_int,
    out: *mut *mut c_void,
) -> c_int {
    let (Ok(index), Ok(size)) = (usize::try_from(index), usize::try_from(size)) else {
        return ffi::SQLITE_IOERR_SHMMAP;
    };
    // SAFETY: `file` is open and `out` points to SQLite's pointer.
    unsafe {
        on_inode(file, |inode, handle| {
            if !handle.mapped {
                handle.mapped = true;
                inode.shm.join();
            }
            let region = inode.shm.region(index, size, extend != 0);
            *out = region.map_or(std::ptr::null_mut(), |r| r.as_ptr().cast());
            if region.is_none() && extend != 0 {
                return ffi::SQLITE_NOMEM;
            }
            ffi::SQLITE_OK
        })
    }
}

unsafe extern "C" fn shm_lock(
    file: *mut ffi::sqlite3_file,
    first: c_int,
    count: c_int,
    flags: c_int,
) -> c_int {
    let (Ok(first), Ok(count)) = (usize::try_from(first), usize::try_from(count)) else {
        return ffi::SQLITE_IOERR_SHMLOCK;
    };
    let takes = ffi::SQLITE_SHM_LOCK | ffi::SQLITE_SHM_EXCLUSIVE;
    if first == WRITE_LOCK && flags & takes == takes {
        // SAFETY: `file` is open.
        let handle = unsafe { handle_of(file) };
        // A checkpoint that cuts the log off takes the write lock too, after its own.
        if handle.held.exclusive & CHECKPOINT_LOCK == 0 {
            handle.gate.pass(Door::Begin);
        }
    }
    // SAFETY: `file` is open.
    unsafe {
        on_inode(file, |inode, handle| {
            if flags & ffi::SQLITE_SHM_UNLOCK != 0 {
                inode.shm.unlock(&mut handle.held, (first, count));
                return ffi::SQLITE_OK;
            }
            let exclusive = flags & ffi::SQLITE_SHM_EXCLUSIVE != 0;
            let slots = (first, count);
            if inode
                .shm
                .lock(handle.id, &mut handle.held, slots, exclusive)
            {
                ffi::SQLITE_OK
            } else {
                ffi::SQLITE_BUSY
            }
        })
    }
}

unsafe extern "C" fn shm_barrier(file: *mut ffi::sqlite3_file) {
    fence(Ordering::SeqCst);
    // Entering and leaving the lock orders this thread with the others as the Unix VFS does.
    // SAFETY: `file` is open.
    drop(lock(&unsafe { handle_of(file) }.disk));
}

unsafe extern "C" fn shm_unmap(file: *mut ffi::sqlite3_file, _delete: c_int) -> c_int {
    // SAFETY: `file` is open.
    unsafe {
        on_inode(file, |inode, handle| {
            release_shm(inode, handle);
            ffi::SQLITE_OK
        })
    }
}

fn release_shm(inode: &mut Inode, handle: &mut Handle) {
    if handle.mapped {
        handle.mapped = false;
        inode.shm.unlock(&mut handle.held, (0, 8));
        inode.shm.leave();
    }
}

unsafe extern "C" fn delete(
    vfs: *mut ffi::sqlite3_vfs,
    path: *const c_char,
    sync_directory: c_int,
) -> c_int {
    // SAFETY: `vfs` is our table and `path` a C string, as SQLite promises.
    let (disk, name) = unsafe { (disk_of(vfs), name_of(path)) };
    let name = name.unwrap_or_default();
    if lock(&disk).delete(&name, sync_directory != 0) {
        ffi::SQLITE_OK
    } else {
        ffi::SQLITE_IOERR_DELETE_NOENT
    }
}

unsafe extern "C" fn access(
    vfs: *mut ffi::sqlite3_vfs,
    path: *const c_char,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    // SAFETY: `vfs` is our table and `path` a C string, as SQLite promises.
    let (disk, name) = unsafe { (disk_of(vfs), name_of(path)) };
    let mut disk = lock(&disk);
    let size = disk
        .find(&name.unwrap_or_default())
        .and_then(|ino| disk.inode(ino).map(|inode| inode.data.len()));
    // As the Unix VFS: an empty file does not "exist", though it can be read and written.
    let yes = size.is_some_and(|size| flags != ffi::SQLITE_ACCESS_EXISTS || size > 0);
    // SAFETY: `out` points to SQLite's integer.
    unsafe { *out = c_int::from(yes) };
    ffi::SQLITE_OK
}

unsafe extern "C" fn full_pathname(
    _vfs: *mut ffi::sqlite3_vfs,
    path: *const c_char,
    room: c_int,
    out: *mut c_char,
) -> c_int {
    // SAFETY: `path` is a C string.
    let bytes = unsafe { CStr::from_ptr(path) }.to_bytes_with_nul();
    if usize::try_from(room).is_ok_and(|room| bytes.len() <= room) {
        // SAFETY: there is room, and the two do not overlap.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr().cast(), out, bytes.len()) };
        ffi::SQLITE_OK
    } else {
        ffi::SQLITE_CANTOPEN
    }
}

unsafe extern "C" fn randomness(
    _vfs: *mut ffi::sqlite3_vfs,
    amount: c_int,
    out: *mut c_char,
) -> c_int {
    // Always the same, so that a seed names a run; SQLite asks its default VFS, not this one, for real ones.
    let len = usize::try_from(amount).unwrap_or(0);
    // SAFETY: SQLite hands over `amount` bytes of its own.
    unsafe { std::ptr::write_bytes(out, 0x5a, len) };
    amount
}

unsafe extern "C" fn sleep(_vfs: *mut ffi::sqlite3_vfs, microseconds: c_int) -> c_int {
    // SQLite sleeps while a lock is held by somebody else, and counts how long it asked to sleep. In a run whose
    // other connections wait in turn the lock never comes free meanwhile: a thousandth does as well.
    let nanoseconds = u64::try_from(microseconds).unwrap_or(0);
    std::thread::sleep(Duration::from_nanos(nanoseconds));
    microseconds
}

/// 2026-01-01T00:00Z as a Julian day in milliseconds: a clock that stands still keeps runs the same.
const JULIAN_MS: ffi::sqlite3_int64 = 212_633_985_600_000;

unsafe extern "C" fn current_time(_vfs: *mut ffi::sqlite3_vfs, out: *mut f64) -> c_int {
    // SAFETY: `out` points to SQLite's number.
    unsafe { *out = JULIAN_MS as f64 / 86_400_000.0 };
    ffi::SQLITE_OK
}

unsafe extern "C" fn current_time_int64(
    _vfs: *mut ffi::sqlite3_vfs,
    out: *mut ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: `out` points to SQLite's integer.
    unsafe { *out = JULIAN_MS };
    ffi::SQLITE_OK
}
