package io.babble;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The TCP sockets on which a Linux process listens, from {@code /proc}. */
public final class ListeningSockets {
    private static final String LISTEN = "0A";
    private static final Pattern SOCKET = Pattern.compile("socket:\\[(\\d+)]");

    private ListeningSockets() {}

    /** Those that other machines can connect to, as {@code address:port}. */
    public static List<String> reachableFromOutside(long pid) throws IOException {
        Set<String> inodes = inodes(pid);
        List<String> reachable = new ArrayList<>();
        for (String table : List.of("tcp", "tcp6")) {
            List<String> lines = Files.readAllLines(Path.of("/proc", Long.toString(pid), "net", table));
            for (String line : lines.subList(1, lines.size())) {
                String[] columns = line.strip().split("\\s+", -1);
                InetAddress address = address(columns[1].substring(0, columns[1].indexOf(':')));
                if (columns[3].equals(LISTEN) && inodes.contains(columns[9]) && !address.isLoopbackAddress()) {
                    int port = Integer.parseInt(columns[1].substring(columns[1].indexOf(':') + 1), 16);
                    reachable.add(address.getHostAddress() + ":" + port);
                }
            }
        }
        return reachable;
    }

    private static Set<String> inodes(long pid) throws IOException {
        Set<String> inodes = new HashSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "fd"))) {
            for (Path file : files) {
                if (Files.isSymbolicLink(file)) {
                    Matcher socket = SOCKET.matcher(Files.readSymbolicLink(file).toString());
                    if (socket.matches()) {
                        inodes.add(socket.group(1));
                    }
                }
            }
        }
        return inodes;
    }

    /** The kernel writes addresses as words in the byte order of the machine. */
    private static InetAddress address(String words) throws IOException {
        byte[] bytes = HexFormat.of().parseHex(words);
        for (int word = 0; word < bytes.length; word += 4) {
            for (int i = 0; i < 2; i++) {
                byte swapped = bytes[word + i];
                bytes[word + i] = bytes[word + 3 - i];
                bytes[word + 3 - i] = swapped;
            }
        }
        return InetAddress.getByAddress(bytes);
    }
}
