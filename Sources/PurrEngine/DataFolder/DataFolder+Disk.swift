internal import Glibc

extension DataFolder {
    /// What is left for Purr on the disk that holds the folder, in bytes; nil where that cannot be seen.
    package var freeBytes: Int64? {
        var disk = statvfs()
        guard statvfs(path, &disk) == 0 else { return nil }
        return Int64(clamping: disk.f_bavail).multipliedReportingOverflow(by: Int64(disk.f_frsize))
            .partialValue
    }
}
