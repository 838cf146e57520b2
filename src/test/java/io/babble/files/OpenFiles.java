package io.babble.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The files that this process has open, as Linux lists them. */
final class OpenFiles {
    private OpenFiles() {}

    static boolean contains(Path file) throws IOException {
        List<Path> descriptors;
        try (Stream<Path> list = Files.list(Path.of("/proc/self/fd"))) {
            descriptors = list.toList();
        }
        Path target = file.toRealPath();
        return descriptors.stream().anyMatch(descriptor -> target.equals(target(descriptor)));
    }

    private static Path target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor);
        } catch (IOException e) {
            return descriptor; // closed in the meantime
        }
    }
}
