"""The commands of `sanwei`, a file for each thing that they are about."""
