import CDispatch  // Where `stat` is found once a module that includes Dispatch's headers is imported.
import Foundation
import Glibc

/// The files under some paths in a stable order: folders are walked, what they hold sorted by name.
///
/// Lazy: a folder of a million messages costs the names of one folder. Symbolic links to folders are not
/// followed below the paths given, so that no loop is walked.
struct MessageFiles: Sequence, IteratorProtocol {
    /// What is still to be visited, the next one last.
    private var pending: [(path: String, kind: Kind)]

    private enum Kind {
        /// On the command line: a link is followed.
        case named
        /// Found in a folder, which says that it is a file.
        case file
        case unknown
    }

    init(_ paths: [String]) {
        pending = paths.reversed().map { ($0, .named) }
    }

    mutating func next() -> String? {
        while let (path, kind) = pending.popLast() {
            if kind == .file { return path }
            var status = stat()
            let found = kind == .named ? stat(path, &status) : lstat(path, &status)
            guard found == 0, status.st_mode & S_IFMT == S_IFDIR else { return path }
            // A folder that cannot be read is one thing that cannot be read.
            guard let names = Self.names(in: path) else { return path }
            let prefix = path.hasSuffix("/") ? path : path + "/"
            for (name, kind) in names.reversed() { pending.append((prefix + name, kind)) }
        }
        return nil
    }

    private static func names(in folder: String) -> [(name: String, kind: Kind)]? {
        guard let directory = opendir(folder) else { return nil }
        defer { closedir(directory) }
        var names: [(name: String, kind: Kind)] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." {
                names.append((name, Int32(entry.pointee.d_type) == Int32(DT_REG) ? .file : .unknown))
            }
        }
        return names.sorted { $0.name < $1.name }
    }
}

/// Reading a message from disk without trusting what the file is.
enum MessageFile {
    enum Problem: Error { case cannotOpen(String), noFile }

    /// - Parameter limit: The most bytes read: a message is judged by its beginning.
    /// - Returns: The bytes, and when the file was last written, in seconds since 1970.
    static func read(_ path: String, limit: Int) throws(Problem) -> (bytes: [UInt8], modified: Int) {
        // A pipe without a writer must not block.
        let file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { throw .cannotOpen(String(cString: strerror(errno))) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw .noFile }
        let size = Swift.min(Int(status.st_size), limit)
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size, let base = buffer.baseAddress {
                let read = Glibc.read(file, base + count, size - count)
                if read < 0, errno == EINTR { continue }
                if read < 0 { failure = errno }
                if read <= 0 { break }
                count += read
            }
        }
        guard failure == 0 else { throw .cannotOpen(String(cString: strerror(failure))) }
        return (bytes, Int(status.st_mtim.tv_sec))
    }
}
