package io.babble.cli;

public final class Babble {
    public static void main(String[] args) {
        System.out.println("hi");
    }
}
