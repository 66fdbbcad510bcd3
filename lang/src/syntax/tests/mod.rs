//! Policies in, trees and messages out.

mod corpus;
