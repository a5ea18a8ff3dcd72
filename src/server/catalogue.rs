//! (to come)
pub async fn fill(_pool: &sqlx::AnyPool) -> Result<(), sqlx::Error> {
    Ok(())
}
