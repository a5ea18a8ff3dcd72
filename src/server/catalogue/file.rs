//! catalogue.toml into the tables: texts, prices and positions follow the file, stock is set only when a variant is new,
//! and what has left the file is no longer on sale. Doing it again changes nothing.

use super::sellers::put_sellers;
use super::written::{Category, File, Product, Variant};
use crate::domain::Delivery;
use sqlx::{Any, AnyPool, Transaction};

/// Part of the program, so that a release is one file and a catalogue that cannot be read never gets out.
const FILE: &str = include_str!("../../../catalogue.toml");

#[derive(Debug, thiserror::Error)]
pub enum FillError {
    #[error("catalogue.toml cannot be read: {0}")]
    File(#[from] toml::de::Error),
    #[error("catalogue.toml: {product} is sold by {seller}, and there is no such seller")]
    UnknownSeller { product: String, seller: String },
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// # Errors
/// When the file is not a catalogue or the database fails.
pub async fn fill(pool: &AnyPool) -> Result<(), FillError> {
    fill_from(pool, FILE).await
}

async fn fill_from(pool: &AnyPool, text: &str) -> Result<(), FillError> {
    let file: File = toml::from_str(text)?;
    if let Some((product, seller)) = file.unknown_seller() {
        return Err(FillError::UnknownSeller { product: product.to_owned(), seller: seller.to_owned() });
    }
    let mut transaction = pool.begin().await?;
    sqlx::query("update products set on_sale = 0").execute(&mut *transaction).await?;
    sqlx::query("update variants set on_sale = 0").execute(&mut *transaction).await?;
    put_sellers(&mut transaction, &file.seller).await?;
    for (category, position) in file.category.iter().zip(0..) {
        put_category(&mut transaction, category, position).await?;
    }
    for (product, position) in file.product.iter().zip(0..) {
        put_product(&mut transaction, product, position).await?;
        for (variant, position) in product.variant.iter().zip(0..) {
            put_variant(&mut transaction, &product.slug, variant, position).await?;
        }
    }
    transaction.commit().await?;
    Ok(())
}

async fn put_category(to: &mut Transaction<'_, Any>, category: &Category, position: i64) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into categories (slug, name, intro, position) values ($1, $2, $3, $4)
         on conflict (slug) do update set name = excluded.name, intro = excluded.intro, position = excluded.position",
    )
    .bind(&category.slug)
    .bind(&category.name)
    .bind(&category.intro)
    .bind(position)
    .execute(&mut **to)
    .await?;
    Ok(())
}

async fn put_product(to: &mut Transaction<'_, Any>, product: &Product, position: i64) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into products (slug, category, name, summary, description, drawing, delivery, download, position, seller,
                               on_sale)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1)
         on conflict (slug) do update set category = excluded.category, name = excluded.name,
             summary = excluded.summary, description = excluded.description, drawing = excluded.drawing,
             delivery = excluded.delivery, download = excluded.download, position = excluded.position,
             seller = excluded.seller, on_sale = 1",
    )
    .bind(&product.slug)
    .bind(&product.category)
    .bind(&product.name)
    .bind(&product.summary)
    .bind(&product.description)
    .bind(&product.drawing)
    .bind(Delivery::from(product.delivery).code())
    .bind(&product.download)
    .bind(position)
    .bind(&product.seller)
    .execute(&mut **to)
    .await?;
    Ok(())
}

async fn put_variant(
    to: &mut Transaction<'_, Any>,
    product: &str,
    variant: &Variant,
    position: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into variants (id, product, label, stock, held, position, on_sale) values ($1, $2, $3, $4, 0, $5, 1)
         on conflict (id) do update set product = excluded.product, label = excluded.label,
             position = excluded.position, on_sale = 1",
    )
    .bind(&variant.id)
    .bind(product)
    .bind(&variant.label)
    .bind(variant.stock)
    .bind(position)
    .execute(&mut **to)
    .await?;
    for (market, minor) in variant.prices() {
        sqlx::query(
            "insert into prices (variant, market, minor) values ($1, $2, $3)
             on conflict (variant, market) do update set minor = excluded.minor",
        )
        .bind(&variant.id)
        .bind(market.code())
        .bind(minor)
        .execute(&mut **to)
        .await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Market;
    use crate::server::catalogue::written::DeliveryWord;
    use crate::server::catalogue::{product, products};
    use crate::server::downloads;
    use crate::server::test_database::temporary;
    use std::path::Path;

    #[tokio::test]
    async fn filling_again_follows_the_file_but_keeps_the_stock() {
        let (pool, _folder) = temporary().await;
        fill(&pool).await.unwrap();
        sqlx::query("update variants set stock = 7 where id = 'sencha-tin-100g'").execute(&pool).await.unwrap();
        let dearer =
            FILE.replace("name = \"Sencha in a tin\"", "name = \"Sencha\"").replace("jpy = 1200", "jpy = 1300");
        fill_from(&pool, &dearer).await.unwrap();

        let tin = product(&pool, Market::Japan, "sencha-tin").await.unwrap().unwrap();
        assert_eq!(tin.variants[0].available, 7, "the shop counts its own stock");
        assert_eq!(tin.variants[0].price.minor, 1300, "the price follows the file");
    }

    #[tokio::test]
    async fn what_left_the_file_is_not_on_sale_and_comes_back_when_it_does() {
        let (pool, _folder) = temporary().await;
        fill(&pool).await.unwrap();
        let all = products(&pool, Market::Europe).await.unwrap().len();
        let start = FILE.find("[[product]]").unwrap();
        let end = start + 1 + FILE[start + 1..].find("[[product]]").unwrap();
        fill_from(&pool, &format!("{}{}", &FILE[..start], &FILE[end..])).await.unwrap();
        assert_eq!(products(&pool, Market::Europe).await.unwrap().len(), all - 1);
        fill(&pool).await.unwrap();
        assert_eq!(products(&pool, Market::Europe).await.unwrap().len(), all);
    }

    #[test]
    fn every_product_of_the_file_has_its_drawing_and_every_download_its_file() {
        let file: File = toml::from_str(FILE).unwrap();
        for product in file.product {
            let drawing = Path::new(env!("CARGO_MANIFEST_DIR")).join("public").join(&product.drawing);
            assert!(drawing.is_file(), "{}", product.drawing);
            let download = matches!(product.delivery, DeliveryWord::Download);
            assert_eq!(download, downloads::file(&product.download).is_some(), "{}", product.slug);
            assert!(!product.variant.is_empty(), "{}", product.slug);
        }
    }

    #[test]
    fn a_misspelt_key_is_an_error_and_not_an_empty_shelf() {
        assert!(toml::from_str::<File>(&FILE.replacen("stock =", "stok =", 1)).is_err());
    }

    #[tokio::test]
    async fn a_product_of_a_seller_that_the_file_does_not_have_is_an_error_that_names_both() {
        let (pool, _folder) = temporary().await;
        let error = fill_from(&pool, &FILE.replacen("seller = \"kiln-kumo\"", "seller = \"klin-kumo\"", 1)).await;
        let error = error.unwrap_err().to_string();
        assert!(error.contains("rice-bowl") && error.contains("klin-kumo"), "{error}");
    }
}
